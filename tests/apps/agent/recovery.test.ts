import { once } from "node:events";
import { appendFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { executionMarks } from "@homeslice/agent/jobs/command.ts";
import { findProcess, processTree, signalProcess } from "@homeslice/agent/jobs/processes.ts";
import { NOT_STARTED, spawnShim } from "@homeslice/agent/jobs/shim.ts";
import { JournalRecord } from "@homeslice/agent/journal/records.ts";
import type { Attempt, Job } from "@homeslice/protocol/link.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TcpProxy } from "../../support/tcpProxy.ts";
import { Bench, eventually, expectGapless, secondsOf } from "./harness.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

const directoryOf = ({ execution_id, fence }: Attempt) => join(bench.stateDir, "jobs", `${execution_id}.${fence}`);

async function journalOf(attempt: Attempt): Promise<JournalRecord[]> {
  const text = await readFile(join(directoryOf(attempt), "journal.ndjson"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JournalRecord.parse(JSON.parse(line)));
}

async function rewriteJournal(attempt: Attempt, edit: (records: JournalRecord[]) => JournalRecord[]): Promise<void> {
  const records = edit(await journalOf(attempt));
  await writeFile(join(directoryOf(attempt), "journal.ndjson"), records.map((r) => `${JSON.stringify(r)}\n`).join(""));
}

async function shimOf(attempt: Attempt): Promise<{ pid: number }> {
  const started = (await journalOf(attempt)).find((record) => record.type === "started");
  if (started === undefined) throw new Error("it has not started");
  return started;
}

/** A command that leaves a mark when it starts, and prints numbers until the file `go` is there. */
function counter(change: Partial<Job> = {}): Job {
  const script =
    'echo start >>"$0/starts"; i=0; while [ ! -e "$0/go" ]; do i=$((i+1)); echo $i; sleep 0.01; done; exit 7';
  return bench.peer.job(["sh", "-c", script, bench.directory], change);
}

const starts = async () => (await readFile(bench.path("starts"), "utf8")).split("\n").length - 1;
const go = () => writeFile(bench.path("go"), "");

async function runUntil(job: Job, lines: number): Promise<void> {
  bench.peer.run(job);
  await eventually(() => bench.peer.linesOf(job).length >= lines);
}

function expectCount(job: Job): void {
  const lines = bench.peer.linesOf(job);
  expectGapless(lines.map(({ seq }) => seq));
  // A shell says on stderr that its child was told to end.
  const counted = lines.filter(({ stream }) => stream === "stdout");
  expect(counted.map(({ text }) => text)).toEqual(counted.map((_, i) => `${i + 1}\n`));
  expect(bench.peer.finish(job)?.last_seq).toBe(lines.length);
}

describe("when the agent is killed", () => {
  it("a running command goes on: every line once, one start, the true exit code", async () => {
    const first = await bench.process();
    const job = counter();
    await runUntil(job, 5);
    await first.kill("SIGKILL");
    const before = bench.peer.linesOf(job).length;
    const second = await bench.process();
    await eventually(() => bench.peer.linesOf(job).length > before + 10);
    await second.kill("SIGKILL");
    await bench.process();
    await go();
    expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "exited", exit_code: 7 });
    expectCount(job);
    expect(await starts()).toBe(1);
    await eventually(async () => (await readdir(join(bench.stateDir, "jobs"))).length === 0);
  });

  it("a command that ends meanwhile is reported with its exit code and all its output", async () => {
    const first = await bench.process();
    const job = counter();
    await runUntil(job, 5);
    await first.kill("SIGKILL");
    await go();
    await eventually(async () => (await readdir(directoryOf(job))).includes("exit"));
    await bench.process();
    expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "exited", exit_code: 7 });
    expectCount(job);
  });

  it("a job that waited its turn is started once, after the others", async () => {
    bench.environment["HOMESLICE_MAX_CONCURRENT_JOBS"] = "1";
    const first = await bench.process();
    const running = counter();
    await runUntil(running, 1);
    const waiting = bench.peer.job(["echo", "mine"]);
    bench.peer.run(waiting);
    await eventually(() => bench.peer.of("accepted", waiting)[0]);
    await first.kill("SIGKILL");
    await bench.process();
    await go();
    expect(await eventually(() => bench.peer.finish(waiting))).toMatchObject({ outcome: "exited", exit_code: 0 });
    expect(bench.peer.text(waiting)).toBe("mine\n");
    const ends = bench.peer.of("finished").map(({ execution_id }) => execution_id);
    expect(ends).toEqual([running.execution_id, waiting.execution_id]);
  });

  it("a job that waited its turn is not started after its time", async () => {
    bench.environment["HOMESLICE_MAX_CONCURRENT_JOBS"] = "1";
    const first = await bench.process();
    await runUntil(counter(), 1);
    const waiting = bench.peer.job(["echo", "mine"]);
    bench.peer.run(waiting);
    await eventually(() => bench.peer.of("accepted", waiting)[0]);
    await first.kill("SIGKILL");
    await rewriteJournal(waiting, (records) =>
      records.map((r) => (r.type === "accepted" ? { ...r, job: { ...r.job, not_after: r.at } } : r)),
    );
    await go();
    await bench.process();
    expect(await eventually(() => bench.peer.finish(waiting))).toMatchObject({ outcome: "refused" });
    expect(bench.peer.of("started", waiting)).toEqual([]);
  });

  it("a cancel that had begun is carried through", async () => {
    bench.peer.settle = false;
    const agent = await bench.process();
    const job = bench.peer.job(["sh", "-c", "trap '' TERM; echo x; while :; do sleep 0.02; done"]);
    await runUntil(job, 1);
    bench.peer.send({ type: "cancel", execution_id: job.execution_id, fence: 1 });
    await eventually(async () => (await journalOf(job)).some(({ type }) => type === "stopping"));
    await agent.kill("SIGKILL");
    await bench.agent();
    expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "cancelled" });
  });

  it("the time that a command may take goes on", async () => {
    const agent = await bench.process();
    const job = counter({ timeout_seconds: 5 });
    await runUntil(job, 1);
    const { pid } = await shimOf(job);
    await agent.kill("SIGKILL");
    await eventually(async () => (await secondsOf(pid)) > 4);
    await bench.agent();
    const finish = await eventually(() => bench.peer.finish(job));
    expect(finish.outcome).toBe("timed_out");
    expect(finish.duration_seconds).toBeGreaterThan(4.9);
    // Begun anew, it would end after nine.
    expect(finish.duration_seconds).toBeLessThan(8.9);
  });

  it("F29: a command that ended while the link was half open and the agent gone took no longer for that", async () => {
    const proxy = await TcpProxy.open([Number(new URL(bench.peer.url).port)]);
    bench.environment["HOMESLICE_ORCHESTRATOR_URL"] = `http://127.0.0.1:${proxy.port}`;
    const first = await bench.process();
    const job = counter();
    await runUntil(job, 5);
    proxy.freeze();
    await go();
    await eventually(async () => (await readdir(directoryOf(job))).includes("exit"));
    await first.kill("SIGKILL");
    const ended = performance.now();
    proxy.cut();
    await eventually(() => performance.now() - ended > 2_000);
    proxy.thaw();
    await bench.process();
    const finish = await eventually(() => bench.peer.finish(job));
    proxy.close();
    expect(finish).toMatchObject({ outcome: "exited", exit_code: 7 });
    expect(finish.duration_seconds).toBeLessThan((performance.now() - ended) / 1_000);
    expectCount(job);
    expect(bench.peer.of("finished", job)).toHaveLength(1);
    expect(await starts()).toBe(1);
  });
});

describe("F28: when the host is started anew during a run", () => {
  it("what ran is lost, with the reason, and is not started again; what waited its turn is run", async () => {
    bench.environment["HOMESLICE_MAX_CONCURRENT_JOBS"] = "1";
    const agent = await bench.process();
    const job = counter();
    await runUntil(job, 3);
    const waiting = bench.peer.job(["echo", "mine"]);
    bench.peer.run(waiting);
    await eventually(() => bench.peer.of("accepted", waiting)[0]);
    const { pid } = await shimOf(job);
    // All at once, as the power goes: the agent, the shim and what runs below it.
    agent.child.kill("SIGKILL");
    const marks = executionMarks({ executionId: job.execution_id });
    for (const one of await processTree(await findProcess(pid), marks)) signalProcess(one, "SIGKILL");
    await agent.exited();
    await rewriteJournal(job, (records) =>
      records.map((r) => (r.type === "starting" ? { ...r, boot_id: "the one before" } : r)),
    );
    await bench.process();
    const finish = await eventually(() => bench.peer.finish(job));
    expect(finish).toMatchObject({ outcome: "lost", exit_code: null, error: expect.stringContaining("restarted") });
    const counted = bench.peer.linesOf(job);
    expectGapless(counted.map(({ seq }) => seq));
    expect(finish.last_seq).toBe(counted.length);
    expect(await eventually(() => bench.peer.finish(waiting))).toMatchObject({ outcome: "exited", exit_code: 0 });
    expect(await starts()).toBe(1);
  });
});

describe("between the decision to start a command and the proof that it started", () => {
  async function killed(job: Job): Promise<string> {
    const agent = await bench.process();
    await runUntil(job, 1);
    await agent.kill("SIGKILL");
    const starting = (await journalOf(job)).find((record) => record.type === "starting");
    return starting?.token ?? "";
  }

  it("a command that did start is found by its token", async () => {
    const job = counter();
    await killed(job);
    await rewriteJournal(job, (records) => records.filter(({ type }) => type !== "started"));
    await bench.process();
    await go();
    expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "exited", exit_code: 7 });
    expect(await starts()).toBe(1);
  });

  it("a shim that comes late finds its token taken, and the command starts once", async () => {
    await go();
    bench.peer.settle = false;
    const job = counter();
    const agent = await bench.agent();
    bench.peer.run(job);
    await eventually(() => bench.peer.finish(job));
    await agent.stop();
    const starting = (await journalOf(job)).find((record) => record.type === "starting");
    const token = starting?.token ?? "";
    // Back to the moment before the shim took its token.
    await rewriteJournal(job, (records) => records.filter(({ type }) => type === "accepted" || type === "starting"));
    for (const name of [token, "exit", "lines.ndjson", "stdout", "stderr"]) await rm(join(directoryOf(job), name));
    await rm(bench.path("starts"));
    bench.peer.forget(job);

    await bench.agent();
    const late = await spawnShim({
      directory: directoryOf(job),
      token,
      argv: ["/bin/touch", bench.path("late")],
      environment: {},
      workingDirectory: "/",
      groups: [],
    });
    const [code] = await once(late, "exit");
    expect(code).toBe(NOT_STARTED);
    expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "exited", exit_code: 7 });
    expect(await starts()).toBe(1);
    expect(await readdir(bench.directory)).not.toContain("late");
  });

  it("a command is not started again after a power cut that may have lost its token", async () => {
    const job = counter();
    const token = await killed(job);
    await go();
    await eventually(async () => (await readdir(directoryOf(job))).includes("exit"));
    await rewriteJournal(job, (records) =>
      records
        .filter(({ type }) => type !== "started")
        .map((r) => (r.type === "starting" ? { ...r, boot_id: "another" } : r)),
    );
    for (const name of [token, "exit"]) await rm(join(directoryOf(job), name));
    await bench.process();
    const finish = await eventually(() => bench.peer.finish(job));
    expect(finish).toMatchObject({ outcome: "lost", exit_code: null, error: expect.stringContaining("restarted") });
    expect(await starts()).toBe(1);
  });
});

describe("a process that is gone and left no exit status", () => {
  it("is reported as lost, and what is left of it is ended", async () => {
    await bench.agent();
    const job = counter();
    await runUntil(job, 1);
    const started = (await journalOf(job)).find((record) => record.type === "started");
    process.kill(started?.pid ?? 0, "SIGKILL");
    const finish = await eventually(() => bench.peer.finish(job));
    expect(finish).toMatchObject({
      outcome: "lost",
      exit_code: null,
      error: expect.stringContaining("no exit status"),
    });
    const counted = bench.peer.linesOf(job).length;
    const later = bench.peer.job(["sleep", "0.1"]);
    bench.peer.run(later);
    await eventually(() => bench.peer.finish(later));
    expect((await readFile(bench.path("starts"), "utf8")).length).toBeGreaterThan(0);
    expect(bench.peer.linesOf(job).length).toBe(counted);
  });

  it("is missed though nothing tells of its end, and what it left behind goes on printing", async () => {
    await writeFile(bench.path("policy.yaml"), "commands: all\nisolation: off\n");
    const first = await bench.process();
    const job = counter();
    await runUntil(job, 1);
    await first.kill("SIGKILL");
    await bench.process();
    const before = bench.peer.linesOf(job).length;
    await eventually(() => bench.peer.linesOf(job).length > before);
    const started = (await journalOf(job)).find((record) => record.type === "started");
    process.kill(started?.pid ?? 0, "SIGKILL");
    expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "lost" });
    expectCount(job);
  });
});

describe("a journal that a crash cut short", () => {
  it("is read up to the last whole record", async () => {
    const agent = await bench.process();
    const job = counter();
    await runUntil(job, 3);
    await agent.kill("SIGKILL");
    await appendFile(join(directoryOf(job), "journal.ndjson"), '{"type":"finis');
    await appendFile(join(directoryOf(job), "lines.ndjson"), '{"seq":99');
    await bench.process();
    await go();
    expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "exited", exit_code: 7 });
    expectCount(job);
  });
});

describe("a journal that is damaged", () => {
  it("is put aside, and the other attempts go on", async () => {
    bench.peer.settle = false;
    const agent = await bench.process();
    const [broken, whole] = [bench.peer.job(["echo", "broken"]), bench.peer.job(["echo", "whole"])];
    for (const job of [broken, whole]) bench.peer.run(job);
    await eventually(() => bench.peer.finish(broken) && bench.peer.finish(whole));
    await agent.kill("SIGKILL");
    await writeFile(join(directoryOf(broken), "journal.ndjson"), '{"type":"dance"}\n');
    await bench.process();
    expect(bench.peer.hellos.at(-1)?.held).toEqual([{ execution_id: whole.execution_id, fence: 1, state: "finished" }]);
    expect(await readdir(join(bench.stateDir, "damaged"))).toEqual([`${broken.execution_id}.1`]);
  });
});

describe("an agent that is stopped", () => {
  it("leaves running commands alone; the next start takes them up", async () => {
    const agent = await bench.process();
    const job = counter();
    await runUntil(job, 3);
    expect(await agent.kill("SIGTERM")).toBe(0);
    await bench.process();
    await go();
    expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "exited", exit_code: 7 });
    expectCount(job);
    expect(await starts()).toBe(1);
  });

  it("ends them when it is set to, and reports that", async () => {
    bench.peer.settle = false;
    const agent = await bench.process({ HOMESLICE_STOP_JOBS_ON_EXIT: "true" });
    const job = counter();
    await runUntil(job, 3);
    expect(await agent.kill("SIGTERM")).toBe(0);
    expect((await journalOf(job)).at(-1)).toMatchObject({ type: "finished", finish: { outcome: "cancelled" } });
    bench.peer.settle = true;
    await bench.process();
    await eventually(async () => (await readdir(join(bench.stateDir, "jobs"))).length === 0);
    expect(bench.peer.finish(job)).toMatchObject({ outcome: "cancelled", exit_code: 143 });
    expectCount(job);
  });
});

describe("an agent that cannot write its journal", () => {
  it("refuses the job and does not run it", async () => {
    await bench.agent();
    const job = counter();
    await go();
    // Where the directory of the attempt should be is a file.
    await writeFile(directoryOf(job), "");
    bench.peer.run(job);
    const finish = await eventually(() => bench.peer.finish(job));
    expect(finish).toMatchObject({ outcome: "refused", error: expect.stringContaining("cannot write its journal") });
    expect(await readdir(bench.directory)).not.toContain("starts");
  });
});
