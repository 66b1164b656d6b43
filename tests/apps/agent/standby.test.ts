import { readdirSync, readFileSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Clock, systemClock } from "@homeslice/agent/clock.ts";
import { Operation, type ShellCommand } from "@homeslice/protocol/operations/index.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { debianProgram } from "../../support/debian.ts";
import { Bench, eventually, secondsOf } from "./harness.ts";

const bubblewrap = debianProgram("bwrap", "bubblewrap");
const STANDBYS = 2;
/** No other pause is as long. */
const MOMENT_MS = 54_321;
let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
  bench.environment["HOMESLICE_STANDBY_COMMANDS"] = String(STANDBYS);
});
afterEach(async () => {
  await bench.close();
});

const attempts = async () => await readdir(join(bench.stateDir, "jobs"));

async function untilWaiting(): Promise<string[]> {
  return await eventually(async () => {
    const waiting = await bench.standbys();
    return waiting.length === STANDBYS && waiting;
  });
}

async function run(command: Omit<ShellCommand, "type">) {
  const job = bench.peer.job(["true"], { operation: Operation.parse({ type: "shell_command", ...command }) });
  bench.peer.run(job);
  const finish = await eventually(() => bench.peer.finish(job), 30);
  return { finish, stdout: bench.peer.text(job, "stdout"), stderr: bench.peer.text(job, "stderr"), job };
}

/** The directory of the attempt that a command ran in, which said where it was. */
const attemptOf = (workingDirectory: string) => basename(dirname(workingDirectory.trim()));

/** Processes whose arguments name the directory of the agent. */
function processes(): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(join(bench.stateDir, "jobs"));
    } catch {
      return false; // it is gone
    }
  });
}

describe("a command for which a sandbox waited", () => {
  it("is like every other, and another sandbox takes the place of its own", async () => {
    await bench.agent();
    const waiting = await untilWaiting();
    const script = 'env | cut -d= -f1 | sort | xargs; cat; umask; ls -A; echo "$@" $HOMESLICE_ATTEMPT; pwd >&2; exit 7';
    const { finish, stdout, stderr, job } = await run({ argv: ["sh", "-c", script, "sh", "a", "b"] });
    expect(finish).toMatchObject({ outcome: "exited", exit_code: 7, error: null });
    const names = "HOME HOMESLICE_ATTEMPT HOMESLICE_EXECUTION_ID HOMESLICE_SERVER_ID LANG PATH PWD USER";
    expect(stdout).toBe(`${names}\n0077\na b 1\n`);
    const used = attemptOf(stderr);
    expect(waiting).toContain(used);
    bench.peer.settleNow(job);
    await eventually(async () => !(await attempts()).includes(used));
    expect(await untilWaiting()).not.toContain(used);
  });

  it.each([
    { what: "not that it was accepted, as it begins in a moment", takesLong: false, told: ["started", "finished"] },
    { what: "that it was accepted where it takes long", takesLong: true, told: ["accepted", "started", "finished"] },
  ])("tells $what", async ({ takesLong, told }) => {
    const after: Clock["after"] = (milliseconds, action) => {
      if (milliseconds !== MOMENT_MS) return systemClock.after(milliseconds, action);
      if (takesLong) queueMicrotask(action);
      return () => {};
    };
    await bench.agent({ clock: { ...systemClock, after }, timings: { moment: MOMENT_MS } });
    await untilWaiting();
    const { job } = await run({ argv: ["true"] });
    const { execution_id } = job;
    const messages = bench.peer.messages.filter((one) => "execution_id" in one && one.execution_id === execution_id);
    expect(messages.map(({ type }) => type)).toEqual(told);
  });

  it("gets its words as they are, whatever they mean to a shell", async () => {
    await bench.agent();
    const waiting = await untilWaiting();
    const words = ["it's", "a\nb", "$HOME", "`id`", '"\\', " * ", "", "}", "é🦊", "-n"];
    const { stdout, stderr } = await run({ argv: ["sh", "-c", 'pwd >&2; printf "<%s>" "$@"', ...words] });
    expect(stdout).toBe(
      words
        .slice(1)
        .map((word) => `<${word}>`)
        .join(""),
    );
    expect(waiting).toContain(attemptOf(stderr));
  });

  it("runs where it is to run, and is refused where that is nowhere", async () => {
    await bench.agent();
    await untilWaiting();
    expect((await run({ argv: ["pwd"], working_directory: "/usr" })).stdout).toBe("/usr\n");
    const nowhere = { argv: ["pwd"] satisfies [string], working_directory: "/nowhere" };
    expect((await run(nowhere)).finish).toMatchObject({ exit_code: 126 });
  });

  it.each([
    { what: "variables", command: { environment_vars: { IFS_: "x" } } },
    { what: "limits", command: { limits: { open_files: 64 } } },
    { what: "many words", command: { argv: ["echo", "x".repeat(5_000)] satisfies [string, string] } },
  ])("is started in one of its own when it has $what of its own", async ({ command }) => {
    await bench.agent();
    await untilWaiting();
    const { finish, job } = await run({ argv: ["sh", "-c", "echo $IFS_; ulimit -n"], ...command });
    expect(finish).toMatchObject({ outcome: "exited", exit_code: 0 });
    if ("environment_vars" in command) expect(bench.peer.text(job)).toMatch(/^x\n/);
    if ("limits" in command) expect(bench.peer.text(job)).toBe("\n64\n");
  });

  it("is what it is when its turn comes, and not what it was when it was accepted", async () => {
    bench.environment["HOMESLICE_MAX_CONCURRENT_JOBS"] = "1";
    await bench.agent();
    await untilWaiting();
    const first = bench.peer.job(["sh", "-c", 'until [ -e "$0" ]; do sleep 0.05; done', bench.path("go")]);
    const program = bench.path("program");
    const second = bench.peer.job([program]);
    for (const job of [first, second]) bench.peer.run(job);
    await eventually(() => bench.peer.of("accepted", second).length > 0);
    await writeFile(program, "#!/bin/sh\necho here\n", { mode: 0o700 });
    await writeFile(bench.path("go"), "");
    expect(await eventually(() => bench.peer.finish(second), 30)).toMatchObject({ exit_code: 0 });
  });

  it.skipIf("missing" in bubblewrap)("does not see what came to lie at a forbidden path meanwhile", async () => {
    const closed = bench.path("closed");
    await mkdir(closed);
    await writeFile(bench.path("policy.yaml"), `commands: all\nforbidden_paths: [${closed}]\n`);
    await bench.agent();
    await untilWaiting();
    await rm(closed, { recursive: true });
    // A sandbox that is being made just now may make it, too: it lays something over what was there.
    await mkdir(closed, { recursive: true });
    await writeFile(join(closed, "file"), "classified");
    expect((await run({ argv: ["cat", join(closed, "file")] })).stdout).toBe("");
  });
});

describe("a sandbox that waits", () => {
  it("does not count for how long its command runs, also when the agent is killed meanwhile", async () => {
    const agent = await bench.process();
    await untilWaiting();
    const oldest = async () => Math.max(...(await Promise.all(processes().map((pid) => secondsOf(Number(pid))))));
    await eventually(async () => (await oldest()) > 3);
    const began = performance.now();
    const job = bench.peer.job(["sh", "-c", 'echo up; until [ -e "$0" ]; do sleep 0.05; done', bench.path("go")]);
    bench.peer.run(job);
    await eventually(() => bench.peer.text(job) === "up\n");
    await agent.kill("SIGKILL");
    await bench.process();
    await writeFile(bench.path("go"), "");
    const finish = await eventually(() => bench.peer.finish(job));
    expect(finish.duration_seconds).toBeGreaterThan(0);
    expect(finish.duration_seconds).toBeLessThan((performance.now() - began) / 1_000 + 1);
  });

  it("is followed by another one after a while", async () => {
    await bench.agent({ timings: { standbyAge: 300 } });
    const waiting = await untilWaiting();
    await eventually(async () => !(await attempts()).some((name) => waiting.includes(name)));
    await untilWaiting();
  });

  it("ends with its agent, and leaves nothing behind when that starts again", async () => {
    const agent = await bench.process();
    const waiting = await untilWaiting();
    await agent.kill("SIGKILL");
    await eventually(() => processes().length === 0);
    const next = await bench.process();
    expect(await untilWaiting()).not.toEqual(expect.arrayContaining(waiting));
    await next.kill("SIGTERM");
    expect(processes()).toEqual([]);
    expect(await attempts()).toEqual([]);
  });
});
