import { createLog } from "@homeslice/orchestrator/log.ts";
import { ClientError, createClient } from "@homeslice/protocol";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { eventually } from "../../support/eventually.ts";
import { Installation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

const lines: string[] = [];
let installation: Installation;
let url: string;

beforeAll(async () => {
  installation = await Installation.create();
  installation.log = createLog("trace", { write: (line) => void lines.push(line) });
  ({ url } = await installation.start());
});

afterAll(async () => await installation.destroy());

const Entry = z.looseObject({
  level: z.int(),
  time: z.number(),
  component: z.literal("orchestrator"),
  msg: z.string(),
});
const entries = () => lines.map((line) => Entry.parse(JSON.parse(line)));

test("a request is found in the log by the id of its answer, with the execution that it was about", async () => {
  const client = await installation.client(url);
  const { server } = await client.call("registerServer", { body: { hostname: "logged" } });
  const operation = { type: "shell_command", argv: ["true"] };
  const headers = {
    authorization: `Bearer ${await installation.token("operator")}`,
    "content-type": "application/json",
    "x-request-id": "chosen by a stranger",
  };
  const body = JSON.stringify({ target_servers: [server.server_id], operation });
  const answer = await fetch(`${url}/api/v1/executions`, { method: "POST", headers, body });
  const { execution_id } = z.looseObject({ execution_id: z.uuid() }).parse(await answer.json());
  const request_id = z.uuid().parse(answer.headers.get("x-request-id"));
  const found = () => entries().find((entry) => entry["request_id"] === request_id);
  await eventually(() => found() !== undefined, "the request is logged");
  expect(found()).toMatchObject({ execution_id, method: "POST", route: "/api/v1/executions", status: 202, level: 30 });
});

test("nothing secret is in it, at whatever level, whatever goes wrong", async () => {
  const client = await installation.client(url);
  const secrets: string[] = [];
  const keep = (secret: string) => {
    secrets.push(secret);
    return secret;
  };
  const { enrolment_token } = await client.call("registerServer", { body: { hostname: "logged" } });
  const agent = await TestAgent.enrol(url, keep(enrolment_token));
  const link = await agent.connect(url);
  await link.receive("welcome");
  const password = keep("correct horse battery staple");
  await client.call("createAccount", { body: { username: "ada", password } });
  const anonymous = createClient({ url });
  const pair = await anonymous.call("logIn", { body: { username: "ada", password } });
  for (const token of [pair.access_token, pair.refresh_token]) keep(token);
  const next = await anonymous.call("refreshTokens", { body: { refresh_token: pair.refresh_token } });
  for (const token of [next.access_token, next.refresh_token]) keep(token);
  const api = await client.call("createApiToken", { body: { name: "a program" } });
  await createClient({ url, token: keep(api.token) }).call("listServers");
  const refused = createClient({ url, token: keep("a-wrong-token-of-somebody") }).call("listServers");
  await expect(refused).rejects.toThrow(ClientError);
  await expect(
    anonymous.call("logIn", { body: { username: "ada", password: keep("another password, and wrong") } }),
  ).rejects.toThrow(ClientError);
  await fetch(`${url}/api/v1/nothing/${keep("secret-in-a-path")}?token=${keep("secret-in-a-query")}`);
  const argv = ["echo", keep("argument-with-a-secret")] satisfies [string, string];
  const operation = { type: "shell_command" as const, argv };
  await client.call("startServerExecution", { params: { server_id: agent.serverId }, body: { operation } });
  const job = await link.job();
  link.output(job, 1, keep("output-with-a-secret"));
  link.finish(job, 0, 1);
  await link.receive("settled");
  await installation.query("alter table accounts rename to accounts_away");
  const broken = client.call("createAccount", { body: { username: "bob", password: keep("hunter2hunter2hunter2") } });
  await expect(broken).rejects.toThrow("the log of the orchestrator says why");
  await installation.query("alter table accounts_away rename to accounts");
  await eventually(() => entries().some(({ msg }) => msg === "a request failed"), "the failure is logged");
  const text = lines.join("");
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  expect(entries().length).toBeGreaterThan(10);
});

test("an error of the database is logged without the values that it was about", () => {
  const written: string[] = [];
  const log = createLog("info", { write: (line) => void written.push(line) });
  const error = new pg.DatabaseError("duplicate key value violates unique constraint", 100, "error");
  Object.assign(error, { code: "23505", constraint: "accounts_username_key", detail: "Key (token)=(s3cret) exists" });
  log.error({ err: error }, "it failed");
  expect(written.join("")).toContain("accounts_username_key");
  expect(written.join("")).not.toContain("s3cret");
});
