import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apply } from "@homeslice/cli/automation/apply.ts";
import { follow } from "@homeslice/cli/automation/workflows/progress.ts";
import { runPage, runTable, workflowTable } from "@homeslice/cli/automation/workflows/table.ts";
import { parseParameters, Workflows } from "@homeslice/cli/automation/workflows/workflows.ts";
import { UserError } from "@homeslice/config/errors.ts";
import { ParameterDefinition } from "@homeslice/protocol";
import { afterAll, expect, test } from "vitest";
import { startInstallation } from "../../apps/orchestrator/harness.ts";
import { TestAgent } from "../../apps/orchestrator/testAgent.ts";
import { examplesIn } from "../../support/documentation.ts";
import { eventually } from "../../support/eventually.ts";

const { installation, url, client } = await startInstallation();
const workflows = new Workflows(client);
const directory = mkdtempSync(join(tmpdir(), "homeslice-workflows-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** A server with a tag, whose agent is asked for what it gets to run. */
async function server(tag: string) {
  const { enrolment_token } = await client.call("registerServer", { body: { hostname: tag, tags: [tag] } });
  const link = await (await TestAgent.enrol(url, enrolment_token)).connect(url);
  await link.receive("welcome");
  return async (code: number, ...lines: string[]) => {
    const job = await link.job();
    if (lines.length > 0) link.output(job, 1, ...lines);
    link.finish(job, code, lines.length);
    return job.operation.type === "shell_command" ? job.operation.argv : [];
  };
}

test("the example of the documentation is applied, run, approved by somebody else, and shown", async () => {
  const [example = ""] = examplesIn("workflows.md", "yaml");
  writeFileSync(join(directory, "release.yaml"), example);
  await apply(client, { directory, dryRun: false, prune: false });
  expect(workflowTable(await workflows.list("REL"))).toMatch(
    /^NAME +VERSION .*\nrelease +1 +build approve deploy roll_back +version\n$/,
  );
  const [builder, web] = [await server("builder"), await server("web")];
  const run = await workflows.start("release", ["version=1.4.2"]);
  const lines: string[] = [];
  const ended = follow(run, { look: () => workflows.run(run.run_id), say: (line) => lines.push(line) });
  expect(await builder(0, "checksum=abc\n")).toEqual(["/usr/local/bin/build", "1.4.2"]);
  await eventually(() => lines.some((line) => line.includes("waits")), "it is told that the run waits", 20_000);
  expect(await workflows.runs(5, "waiting")).toHaveLength(1);
  const own = workflows.decide(run.run_id, "approve", "approve", "mine");
  await expect(own).rejects.toThrow("nobody decides about what they started themselves");
  const approver = new Workflows(await installation.client(url, "approver"));
  await approver.decide(run.run_id, "approve", "approve", "it is there");
  expect(await web(0)).toEqual(["/usr/local/bin/deploy", "1.4.2", "abc"]);
  expect((await ended).state).toBe("succeeded");
  const told = lines.map((line) => line.replace(/after [\d.]+ s/, "after … s"));
  expect(told.at(0)).toBe("[....................] 0/4 build running");
  expect(told).toContain("[#####...............] 1/4 approve waits for a decision: Is the backup of tonight there?");
  expect(told).toContain("[####################] 4/4 roll_back skipped: nothing that it needs has failed");
  expect(runPage(await ended)).toMatch(/build +succeeded +1 +[0-9a-f-]{36} +checksum=abc\n/);
  expect(runTable(await workflows.runs(1))).toContain(`${run.run_id}  release   succeeded  test admin`);
});

test("a run that failed is resumed, and one that goes on is cancelled; what cannot be is refused with what to do", async () => {
  const web = await server("other");
  const operation = { type: "shell_command" as const, argv: ["try"] satisfies [string] };
  const steps = [{ name: "try", execution: { targets: { tags: ["other"] }, operation } }];
  await client.call("createWorkflow", {
    body: { name: "try", steps, parameters: { times: { type: "integer", default: 1 } } },
  });
  const { run_id } = await workflows.start("try", []);
  await web(1);
  await eventually(async () => (await workflows.run(run_id)).state === "failed", "the run has failed", 20_000);
  expect((await workflows.resume(run_id)).state).toBe("running");
  expect((await workflows.cancel(run_id)).cancelling).toBe(true);
  const refused = async (call: Promise<unknown>) =>
    await call.then(String, (error: unknown) => (error instanceof UserError ? error.message : error));
  expect(await refused(workflows.start("tyr", []))).toContain('there is no workflow named "tyr"');
  expect(await refused(workflows.start("try", ["times=often"]))).toContain("parameters.times: must be of type integer");
  expect(await refused(workflows.start("try", ["often"]))).toContain('"often" is no parameter');
  expect(await refused(workflows.run("7"))).toContain('"7" is not the id of a run');
});

test("an orchestrator that is out of reach for a moment does not end what follows a run, and one that stays away does", async () => {
  const { run_id } = (await workflows.runs(1))[0] ?? { run_id: "" };
  const run = { ...(await workflows.run(run_id)), state: "running" as const };
  const unreachable = new Workflows(await installation.client("http://127.0.0.1:9"));
  const options = { say: () => {}, pause: async () => {} };
  await expect(follow(run, { ...options, look: () => unreachable.run(run_id) })).rejects.toThrow("does not answer");
  let looks = 0;
  const look = async () => (looks++ < 5 ? await unreachable.run(run_id) : { ...run, state: "succeeded" as const });
  expect((await follow(run, { ...options, look })).state).toBe("succeeded");
});

test("parameters are written as text and become what the workflow wants", () => {
  const defined = Object.fromEntries(
    (["string", "integer", "number", "boolean", "list"] as const).map((type) => [
      type,
      ParameterDefinition.parse({ type }),
    ]),
  );
  const given = ["string=1", "integer=-2", "number=2.5", "boolean=true", "list=a", "list=b=c", "unknown=x"];
  const expected = { string: "1", integer: -2, number: 2.5, boolean: true, list: ["a", "b=c"], unknown: "x" };
  expect(parseParameters(defined, given)).toEqual(expected);
});
