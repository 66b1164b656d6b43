import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent } from "@homeslice/agent/agent.ts";
import { readSettings } from "@homeslice/agent/config/settings.ts";
import { type Client, isFinal, type NewSecret } from "@homeslice/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { Installation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

const VALUE = "pa55-w0rd/ of+the=database";
const OUTSIDE = "taken from 0utside";
const directory = mkdtempSync(join(tmpdir(), "homeslice-secrets-"));
const logged: string[] = [];
const log = pino({ level: "trace" }, { write: (line: string) => logged.push(line) });

let installation: Installation;
let url: string;
let client: Client;
let agent: Agent;
let serverId: string;

async function start(sealing: string[]) {
  installation.log = log;
  const variables = new Map([["DATABASE_PASSWORD", OUTSIDE]]);
  installation.with = {
    sealingSecrets: sealing.map((line) => Buffer.from(line)),
    secretPlaces: { variables, directory: join(directory, "mounted") },
  };
  const { url: at, stop } = await installation.start();
  return { url: at, stop, client: await installation.client(at) };
}

beforeAll(async () => {
  mkdirSync(join(directory, "mounted/database"), { recursive: true });
  writeFileSync(join(directory, "mounted/database/password"), `${OUTSIDE}\n`);
  writeFileSync(join(directory, "elsewhere"), OUTSIDE);
  symlinkSync(join(directory, "elsewhere"), join(directory, "mounted/link"));
  installation = await Installation.create();
  ({ url, client } = await start([]));
  const { server, enrolment_token } = await client.call("registerServer", { body: { hostname: "box" } });
  serverId = server.server_id;
  writeFileSync(join(directory, "token"), enrolment_token);
  writeFileSync(join(directory, "policy.yaml"), "commands: all\n");
  const environment = {
    HOMESLICE_ORCHESTRATOR_URL: url,
    HOMESLICE_ENROLMENT_TOKEN_FILE: join(directory, "token"),
    HOMESLICE_STATE_DIR: join(directory, "state"),
    HOMESLICE_POLICY_FILE: join(directory, "policy.yaml"),
    HOMESLICE_PORT: "0",
  };
  agent = new Agent(readSettings(environment), log, { timings: { reconnectMin: 10, reconnectMax: 50 } });
  await agent.start();
});

afterAll(async () => {
  await agent.stop();
  await installation.destroy();
  rmSync(directory, { recursive: true });
});

const dump = {
  name: "dump",
  operation: {
    type: "shell_command" as const,
    argv: [
      "sh",
      "-c",
      'echo "got $(cat "$PASSWORD_FILE" | tr a-z A-Z)"; cat "$PASSWORD_FILE"; echo "$PASSWORD" >&2',
    ] satisfies [string, ...string[]],
    secrets: [
      { name: "{{password}}", from: "orchestrator" as const, variable: "PASSWORD_FILE", as: "file" as const },
      { name: "{{password}}", from: "orchestrator" as const, variable: "PASSWORD", as: "value" as const },
    ],
  },
  parameters: { password: { type: "secret" as const } },
};

const create = (name: string, source: NewSecret["source"]) => client.call("createSecret", { body: { name, source } });

/** Runs an action with a secret as its parameter. */
async function run(actionId: string, password: string) {
  const body = { action_template_id: actionId, parameters: { password }, target_servers: [serverId] };
  const { execution_id } = await client.call("startExecution", { body });
  const get = () => client.call("getExecution", { params: { execution_id } });
  await eventually(async () => isFinal((await get()).status.overall), "it has ended");
  return await get();
}

/** Every row of every table, as text. */
async function databaseDump(): Promise<string> {
  const tables = await installation.rows(
    "select relname from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace",
    "*",
  );
  const texts = tables.map(async ({ relname }) =>
    JSON.stringify(await installation.rows(`select t::text from "${relname}" t`, "*")),
  );
  return (await Promise.all(texts)).join("\n");
}

function filesUnder(root: string): string {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1")).join("\n");
}

const forms = (value: string) => [
  value,
  Buffer.from(value).toString("base64"),
  encodeURIComponent(value),
  Buffer.from(value).toString("hex"),
];

test("a secret reaches the command, and is found nowhere else: not in the database, logs, audit or journal", async () => {
  const secret = await create("db-password", { type: "value", value: VALUE });
  const { action_id } = await client.call("createAction", { body: dump });
  const params = { action_id };
  const preview = await client.call("previewAction", { params, body: { parameters: { password: "db-password" } } });
  const execution = await run(action_id, "db-password");
  const [detail] = execution.results.details;
  const stars = "*".repeat(VALUE.length);
  // In capitals it is another text: this shows that the command had it.
  expect(detail).toMatchObject({
    exit_code: 0,
    output: `got ${VALUE.toUpperCase()}\n${stars}`,
    error_output: `${stars}\n`,
  });
  expect(execution.parameters).toEqual({ password: "db-password" });

  const { items } = await client.call("listAudit", { query: { event_type: "secret.used" } });
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({
    resource: { type: "secret", id: secret.secret_id, name: "db-password" },
    details: {
      execution_id: execution.execution_id,
      server_id: serverId,
      initiated_by: "test admin",
      action_template_id: action_id,
    },
  });
  const state = join(directory, "state/jobs");
  // What stands by for the next command has no job in its journal.
  const journals = () => readdirSync(state).map((name) => join(state, name, "journal.ndjson"));
  const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  await eventually(() => journals().every((path) => sizeOf(path) === 0), "the agent has forgotten the job");
  const shown = JSON.stringify([secret, preview, execution, await client.call("getSecret", { params: secret })]);
  const everywhere = [await databaseDump(), logged.join(""), shown, filesUnder(join(directory, "state"))].join("\n");
  for (const form of forms(VALUE)) expect(everywhere).not.toContain(form);
  expect(everywhere).toContain("db-password");
  for (const name of readdirSync("/dev/shm").filter((each) => each.startsWith("homeslice-"))) {
    expect(filesUnder(join("/dev/shm", name))).not.toContain(VALUE);
  }
});

describe("a secret that lies outside", () => {
  const refused = async (secret: string) => {
    const { items } = await client.call("listActions", { query: { search: "dump" } });
    const execution = await run(items[0]?.action_id ?? "", secret);
    return [execution.status.overall, execution.results.details[0]?.error];
  };

  test("is taken from a variable or a file, when it is needed", async () => {
    await create("by-variable", { type: "environment", variable: "DATABASE_PASSWORD" });
    await create("by-file", { type: "file", path: "database/password" });
    for (const name of ["by-variable", "by-file"]) expect(await refused(name)).toEqual(["succeeded", null]);
    expect(await databaseDump()).not.toContain(OUTSIDE);
  });

  test("is nothing that was not allowed, and the execution fails and says why", async () => {
    await create("path", { type: "environment", variable: "PATH" });
    await create("no-file", { type: "file", path: "database/user" });
    await create("link", { type: "file", path: "link" });
    expect(await refused("path")).toEqual(["failed", expect.stringContaining("HOMESLICE_SECRET_VARIABLES")]);
    expect(await refused("no-file")).toEqual(["failed", "there is no file database/user in HOMESLICE_SECRET_DIR"]);
    expect(await refused("link")).toEqual(["failed", "the file link leads out of HOMESLICE_SECRET_DIR"]);
    await expect(create("up", { type: "file", path: "../elsewhere" })).rejects.toThrow();
    const other = await installation.client(url, "admin", "other");
    const body = { name: "mine", source: { type: "file" as const, path: "database/password" } };
    await expect(other.call("createSecret", { body })).rejects.toThrow("secrets:refer");
  });
});

test("what is made up on the spot gets no secret, and an action none that is not there", async () => {
  const { operation } = dump;
  const named = { ...operation, secrets: [{ ...operation.secrets[0], name: "db-password" }] };
  const start = (body: object) => client.call("startExecution", { body: { target_servers: [serverId], ...body } });
  await expect(start({ operation: named })).rejects.toThrow("given to actions alone");
  const { items } = await client.call("listActions", { query: { search: "dump" } });
  const action_template_id = items[0]?.action_id;
  await expect(start({ action_template_id, parameters: { password: "nobody" } })).rejects.toThrow("not there");
  await expect(start({ action_template_id, parameters: { password: "a b" } })).rejects.toThrow("do not fit");
  const argv = ["sh", "{{password}}"] satisfies [string, string];
  const leaky = { ...dump, name: "leaky", operation: { type: "shell_command" as const, argv } };
  await expect(client.call("createAction", { body: leaky })).rejects.toMatchObject({
    problem: { errors: [{ path: "body.operation.argv.1", message: expect.stringContaining("the place of a secret") }] },
  });
});

test("a new sealing key takes over: both open at first, and the old one goes when all is sealed anew", async () => {
  const [first, second] = ["a".repeat(32), "b".repeat(32)];
  const { items } = await client.call("listActions", { query: { search: "dump" } });
  const { server, enrolment_token } = await client.call("registerServer", { body: { hostname: "other" } });
  const other = await TestAgent.enrol(url, enrolment_token);

  /** What an orchestrator with some keys sends to its agent, or why it does not. */
  async function sentBy(...keys: string[]) {
    const orchestrator = await start(keys);
    const link = await other.connect(orchestrator.url);
    await link.receive("welcome");
    const body = { action_template_id: items[0]?.action_id, parameters: { password: "rotated" } };
    const params = { server_id: server.server_id };
    const { execution_id } = await orchestrator.client.call("startServerExecution", { params, body });
    const error = async () => {
      const { results } = await client.call("getExecution", { params: { execution_id } });
      return results.details[0]?.error;
    };
    await eventually(
      async () => link.received.some(({ type }) => type === "run") || (await error()) !== null,
      "sent or not",
    );
    const sent = link.received.find((message) => message.type === "run");
    if (sent?.type === "run") link.finish(JSON.parse(sent.job.payload), 0, 0);
    await link.drop();
    await orchestrator.stop();
    return sent?.type === "run" ? JSON.parse(sent.secrets?.payload ?? "{}").secrets : await error();
  }

  const before = await start([first]);
  const body = { name: "rotated", source: { type: "value" as const, value: VALUE } };
  await before.client.call("createSecret", { body });
  await before.stop();
  const during = await start([second, first]);
  expect((await during.client.call("resealSecrets")).resealed).toBeGreaterThan(3);
  expect(await during.client.call("resealSecrets")).toEqual({ resealed: 0 });
  await during.stop();
  expect(await sentBy(second)).toEqual({ rotated: VALUE });
  expect(await sentBy(first)).toContain("cannot be opened");
});
