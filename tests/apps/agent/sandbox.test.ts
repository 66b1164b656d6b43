import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { executionMarks } from "@homeslice/agent/jobs/command.ts";
import { processTree } from "@homeslice/agent/jobs/processes.ts";
import { Operation } from "@homeslice/protocol/operations/index.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { z } from "zod";
import { debianProgram } from "../../support/debian.ts";
import { Bench, eventually } from "./harness.ts";

type Command = Omit<Extract<z.input<typeof Operation>, { type: "shell_command" }>, "type">;

const bubblewrap = debianProgram("bwrap", "bubblewrap");
let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

/** @param grace milliseconds between asking a command to end and ending it */
async function policy(text: string, grace = 300): Promise<void> {
  await writeFile(bench.path("policy.yaml"), text);
  await bench.agent({ timings: { grace } });
}

async function run(command: Command, timeout_seconds = 60) {
  const operation = Operation.parse({ type: "shell_command", ...command });
  const job = bench.peer.job(["true"], { operation, timeout_seconds });
  bench.peer.run(job);
  const finish = await eventually(() => bench.peer.finish(job), 30);
  return { job, finish, text: bench.peer.text(job) };
}

const sh = (script: string, ...args: string[]): Command => ({ argv: ["sh", "-c", script, "sh", ...args] });

/** Processes of an attempt, whatever they did to be forgotten. */
const left = async (id: string) => (await processTree(undefined, executionMarks({ executionId: id }))).length;

describe.skipIf("missing" in bubblewrap)("a command that is cancelled in standard isolation", () => {
  it.each([
    {
      what: "has time to say goodbye",
      trap: "echo bye; exit 5",
      grace: 30_000,
      exit_code: 5,
      said: /^up\n(.*\n)*bye\n/,
    },
    { what: "S32 is killed when it does not listen", trap: "", grace: 200, exit_code: 137, said: /^up\n/ },
  ])("$what", async ({ trap, grace, exit_code, said }) => {
    await policy("commands: all\n", grace);
    const job = bench.peer.job(["sh", "-c", `trap '${trap}' TERM; echo up; while :; do sleep 0.05; done`]);
    bench.peer.run(job);
    await eventually(() => bench.peer.text(job) === "up\n");
    bench.peer.send({ type: "cancel", execution_id: job.execution_id, fence: 1 });
    expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "cancelled", exit_code });
    // The shell may say, before and after, that its sleep was terminated as well.
    expect(bench.peer.text(job)).toMatch(said);
  });
});

/** Each sandbox is made when it is needed, or before. */
const readiness = [
  { when: "made when it is needed", standbys: 0 },
  { when: "that stood by", standbys: 1 },
];

describe.skipIf("missing" in bubblewrap).each(readiness)("standard isolation, $when", ({ standbys }) => {
  beforeEach(async () => {
    bench.environment["HOMESLICE_STANDBY_COMMANDS"] = String(standbys);
    await policy("commands: all\n");
    await eventually(async () => (await bench.standbys()).length === standbys);
  });

  it("S22 leaves no process behind that forked twice and left its session", async () => {
    const { job, finish } = await run(
      sh("(setsid sh -c 'sleep 300 & sleep 300' >/dev/null 2>&1 &) ; sleep 0.1; exit 4"),
    );
    expect(finish).toMatchObject({ outcome: "exited", exit_code: 4 });
    await eventually(async () => (await left(job.execution_id)) === 0);
  });

  it("S22 ends them all on a cancel, too", async () => {
    const job = bench.peer.job(["sh", "-c", "setsid sleep 300 & trap '' TERM; echo up; while :; do sleep 1; done"]);
    bench.peer.run(job);
    await eventually(() => bench.peer.text(job) === "up\n");
    bench.peer.send({ type: "cancel", execution_id: job.execution_id, fence: 1 });
    expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "cancelled" });
    expect(await left(job.execution_id)).toBe(0);
  });

  it("S26, S31 shows no process but the command's own: neither to read, nor to trace, nor to stop", async () => {
    const pid = String(process.pid);
    const { text } = await run(sh('ls /proc | grep -c "^[0-9]"; cat "/proc/$1/environ"; kill -STOP "$1"; true', pid));
    expect(text.split("\n")[0]).toMatch(/^[1-9]$/);
    expect(text).not.toContain("HOMESLICE");
    expect(text).toMatch(/No such process/);
  });

  it("S29 shows nothing of the agent's own, and nothing that is forbidden", async () => {
    await writeFile(bench.path("closed"), "classified");
    await writeFile(bench.path("policy.yaml"), `commands: all\nforbidden_paths: [${bench.path("closed")}]\n`);
    await bench.reload();
    const { text } = await run(
      sh('cat "$1"; ls "$2"; echo x >"$2/agent.key"; cat "$2/agent.key"', bench.path("closed"), bench.stateDir),
    );
    expect(text).not.toContain("classified");
    expect(text).not.toContain("identity.json");
    expect(await readFile(`${bench.stateDir}/agent.key`, "utf8")).toContain("PRIVATE KEY");
    expect(bench.peer.connected).toBe(true);
  });

  it("S28 has no terminal to type into", async () => {
    expect((await run(sh("tty; true </dev/tty"))).text).toMatch(/not a tty\n.*\/dev\/tty/);
  });

  it("tells what is in force: at registration, and for each command in a dry run", async () => {
    const told = bench.peer.hellos[0]?.agent.capabilities ?? [];
    const expected = ["protection:no-new-privileges", "protection:own-processes", "protection:hidden-paths"];
    expect(told).toEqual(expect.arrayContaining(expected));
    const { text } = await run({ argv: ["true"], dry_run: true });
    expect(text).toMatch(
      /^dry run: would run \["\/usr\/bin\/true"\]\nin an empty .*\nlimits: .*\nprotections: .*own-processes/,
    );
    expect((await run(sh("grep NoNewPrivs /proc/self/status"))).text).toBe("NoNewPrivs:\t1\n");
  });
});

describe.skipIf("missing" in bubblewrap).each(readiness)("strict isolation, $when", ({ standbys }) => {
  it("lets nothing be written but what the owner names, and has no network, no capability and no dangerous call", async () => {
    await mkdir(bench.path("open"));
    bench.environment["HOMESLICE_STANDBY_COMMANDS"] = String(standbys);
    await policy(`commands: all\nisolation: strict\nwritable_paths: [${bench.path("open")}]\n`);
    await eventually(async () => (await bench.standbys()).length === standbys);
    const { text, job } = await run(
      sh(
        'touch /etc/x "$HOME/x" /usr/x; touch "$1/here" && touch private && echo written; ls "$1"',
        bench.path("open"),
      ),
    );
    expect(text.match(/Read-only file system/g)?.length).toBeGreaterThanOrEqual(2);
    expect(bench.peer.text(job, "stdout")).toBe("written\nhere\n");
    const status = await run(sh("grep -E 'CapEff|Seccomp:' /proc/self/status; ls /sys/class/net"));
    expect(status.text).toMatch(/CapEff:\s+0+\n(.|\n)*Seccomp:\s+2\n/);
    expect((await run(sh("unshare --user true; mount -t tmpfs none /tmp"))).text).toMatch(/Operation not permitted/);
    expect((await run(sh("cat </dev/tcp/127.0.0.1/1 || cat /proc/net/dev"))).text).not.toMatch(/eth|ens/);
  });
});

describe("limits", () => {
  it("S23 of memory end a command that wants more", async () => {
    await policy("commands: all\nlimits: { memory_mb: 64 }\n");
    const { finish } = await run(sh("tail /dev/zero"));
    expect(finish.exit_code).not.toBe(0);
    expect(finish.usage?.max_memory_bytes ?? 0).toBeLessThanOrEqual(70 * 1_048_576);
    if (finish.error !== null) expect(finish.error).toContain("more memory than its limit");
  });

  it("S25 of open files hold", async () => {
    await policy("commands: all\n");
    const { text } = await run({ ...sh("ulimit -n"), limits: { open_files: 64 } });
    expect(text).toBe("64\n");
  });

  it("of the owner are not exceeded by what a job asks for", async () => {
    await policy("commands: all\nlimits: { open_files: 32 }\n");
    expect((await run({ ...sh("ulimit -n"), limits: { open_files: 64 } })).text).toBe("32\n");
  });

  it("of processes stop a fork bomb, and the agent goes on", async () => {
    await policy("commands: all\nlimits: { processes: 32 }\n");
    const { finish } = await run(sh("b() { b | b & }; b; sleep 2; true"), 5);
    expect(["exited", "timed_out"]).toContain(finish.outcome);
    expect((await run({ argv: ["echo", "well"] })).text).toBe("well\n");
  });

  it("of processor time and file size hold", async () => {
    await policy("commands: all\nlimits: { cpu_seconds: 1, file_size_mb: 1 }\n");
    const busy = await run(sh("while :; do :; done"));
    expect(busy.finish.exit_code).toBeGreaterThan(128);
    expect(busy.finish.usage?.cpu_seconds).toBeGreaterThan(0.5);
    expect((await run(sh("head -c 2000000 /dev/zero >big; stat -c %s big"))).text).toContain("1048576\n");
  });

  it("of output drop the rest and say so, and the command goes on to its end", async () => {
    await policy("commands: all\nlimits: { output_mb: 1 }\n");
    const { finish, text, job } = await run(sh("head -c 8000000 /dev/zero | tr '\\0' x | fold -w 100; exit 5"));
    expect(finish).toMatchObject({ outcome: "exited", exit_code: 5 });
    expect(text.length).toBeLessThan(1_500_000);
    expect(bench.peer.linesOf(job).at(-1)?.text).toMatch(/^\[homeslice\] the output went beyond 1 MiB .* dropped\n$/);
    expect(finish.last_seq).toBe(bench.peer.linesOf(job).length);
  });
});

describe("an allow-list", () => {
  it.each([
    ["S20 a program that others can change", async (file: string) => chmod(file, 0o777), /can be changed by others/],
    ["S20 a set-uid program", async (file: string) => chmod(file, 0o4755), /takes on the rights/],
    [
      "S20 a script whose interpreter runs its arguments",
      async (file: string) => writeFile(file, "#!/bin/sh -c\n"),
      /run its arguments/,
    ],
  ])("does not let %s run, though it is on it", async (_, spoil, reason) => {
    await mkdir(bench.path("bin"), { mode: 0o755 });
    const file = bench.path("bin/tool");
    await writeFile(file, "#!/bin/sh\necho ran\n", { mode: 0o755 });
    await policy(`commands: [${file}]\n`);
    expect((await run({ argv: [file] })).text).toBe("ran\n");
    await spoil(file);
    const { finish } = await run({ argv: [file] });
    expect(finish).toMatchObject({ outcome: "refused", exit_code: 126 });
    expect(finish.error).toMatch(reason);
  });

  it("is about the program behind a link, and not about names", async () => {
    await symlink("/bin/sh", bench.path("uptime"));
    await policy("commands: [/usr/bin/uptime]\n");
    expect((await run({ argv: [bench.path("uptime"), "-c", "id"] })).finish).toMatchObject({ outcome: "refused" });
  });
});

it("S34 a line that looks like the agent's own frame stays a line", async () => {
  await policy("commands: all\n");
  const forged = '{"v":1,"type":"finished","exit_code":0,"update_event":{}}';
  const { finish, text } = await run(sh('echo "$1"; exit 3', forged));
  expect(finish.exit_code).toBe(3);
  expect(text).toBe(`${forged}\n`);
});

it("reports what a command used", async () => {
  await policy("commands: all\n");
  const { finish } = await run(sh("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"));
  expect(finish.usage?.cpu_seconds).toBeGreaterThan(0.01);
  expect(finish.usage?.cpu_seconds).toBeLessThan(20);
});
