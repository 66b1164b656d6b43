import { mkdirSync } from "node:fs";
import { UserError } from "@homeslice/config";
import { type Client, mintToken, type Role } from "@homeslice/protocol";
import { afterAll, beforeAll, test } from "vitest";
import { documentForFuzzing, type Known } from "../fuzz/document.ts";
import { ensureSchemathesis, fuzz } from "../fuzz/schemathesis.ts";
import { Installation, type OrchestratorDaemon } from "../rig/installation.ts";
import { silentProgress } from "../testbed/progress.ts";
import { cache } from "./clusterSupport.ts";

/** How long each run asks; more, and another seed, by hand: HOMESLICE_FUZZ=SECONDS:SEED. */
const [SECONDS = 20, SEED = 1] = (process.env["HOMESLICE_FUZZ"] ?? "").split(":").filter(Boolean).map(Number);

let installation: Installation;
let orchestrator: OrchestratorDaemon;
let known: Known;

beforeAll(async () => {
  installation = await Installation.open();
  orchestrator = await installation.orchestrator("orchestrator", { HOMESLICE_REQUESTS_PER_SECOND: "0" });
  await orchestrator.start();
  known = await populate(await installation.client(orchestrator.url));
});

afterAll(async () => await installation.close());

/** Some of everything that has an id. */
async function populate(client: Client): Promise<Known> {
  const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
  const known: Record<string, string[]> = {};
  const keep = (name: string, id: string) => (known[name] = [...(known[name] ?? []), id]);
  for (let index = 0; index < 3; index++) {
    const { server } = await client.call("registerServer", { body: { hostname: `fuzzed-${index}` } });
    const { server_id } = server;
    keep("server_id", server_id);
    keep("action_id", (await client.call("createAction", { body: { name: `fuzzed ${index}`, operation } })).action_id);
    const params = { server_id };
    keep("execution_id", (await client.call("startServerExecution", { params, body: { operation } })).execution_id);
    const lock = { server_id, lock_type: "maintenance" as const, reason: "fuzzed" };
    keep("lock_id", (await client.call("acquireLock", { body: lock })).lock_id);
    const account = { username: `fuzzed-${index}`, password: "a long enough password", role: "viewer" as const };
    keep("account_id", (await client.call("createAccount", { body: account })).account_id);
    const token = { name: `fuzzed ${index}`, role: "viewer" as const };
    keep("token_id", (await client.call("createApiToken", { body: token })).token_id);
  }
  return known;
}

test.concurrent.for(["admin", "viewer"] as const)(
  "whatever is asked as %s, the answer is one that the description names, and never a failure of the server",
  async (role: Role, { expect, skip }) => {
    const installed = ensureSchemathesis(cache, silentProgress, AbortSignal.timeout(240_000));
    const program = await installed.catch((error: unknown) => error);
    if (program instanceof UserError) return skip(program.message);
    const directory = installation.path(`fuzz-${role}`);
    mkdirSync(directory);
    const text = await (await fetch(`${orchestrator.url}/api/v1/openapi.json`)).text();
    const { clean, cases, output } = await fuzz({
      program: String(program),
      url: orchestrator.url,
      document: documentForFuzzing(text, known),
      directory,
      token: await mintToken(installation.secret, { subject: `fuzz ${role}`, role }, 3_600),
      seconds: SECONDS,
      seed: SEED,
    });
    expect(clean, `${output}\n${installation.log("orchestrator")}`).toBe(true);
    expect(cases).toBeGreaterThan(50);
  },
);
