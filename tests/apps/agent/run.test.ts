import { symlink, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Bench, eventually, expectGapless } from "./harness.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

async function run(...argv: [string, ...string[]]) {
  const job = bench.peer.job(argv);
  bench.peer.run(job);
  const finish = await eventually(() => bench.peer.finish(job));
  return { job, finish, lines: bench.peer.linesOf(job) };
}

describe("a command", () => {
  beforeEach(async () => {
    await bench.agent();
  });

  it("reports its output and its exit code", async () => {
    const { job, finish, lines } = await run("sh", "-c", "echo one; echo two; echo oops >&2; exit 3");
    expect(finish).toMatchObject({ outcome: "exited", exit_code: 3, error: null, last_seq: 3 });
    expect(finish.duration_seconds).toBeGreaterThan(0);
    expect(bench.peer.text(job, "stdout")).toBe("one\ntwo\n");
    expect(bench.peer.text(job, "stderr")).toBe("oops\n");
    expectGapless(lines.map(({ seq }) => seq));
  });

  it("is told as accepted and started before its output, and finished after it", async () => {
    const { job } = await run("echo", "x");
    const types = bench.peer.messages.filter((m) => "execution_id" in m && m.execution_id === job.execution_id);
    expect(types.map(({ type }) => type)).toEqual(["accepted", "started", "output", "finished"]);
  });

  it("has no output at all when it says nothing", async () => {
    const { finish, lines } = await run("true");
    expect(finish).toMatchObject({ outcome: "exited", exit_code: 0, last_seq: 0 });
    expect(lines).toEqual([]);
  });

  it("numbers its lines from the number that the job names", async () => {
    const job = bench.peer.job(["echo", "x"], { first_seq: 42 });
    bench.peer.run(job);
    expect((await eventually(() => bench.peer.finish(job))).last_seq).toBe(42);
  });

  it("that a signal ends is reported as a shell reports it", async () => {
    expect((await run("sh", "-c", "kill -KILL $$")).finish).toMatchObject({ outcome: "exited", exit_code: 137 });
  });

  it("shows the beginning of a line while its end is not written yet", async () => {
    const job = bench.peer.job([
      "sh",
      "-c",
      `printf 'name? '; while [ ! -e "$0" ]; do sleep 0.02; done; echo ok`,
      bench.path("go"),
    ]);
    bench.peer.run(job);
    await eventually(() => bench.peer.text(job) === "name? ");
    bench.peer.run(bench.peer.job(["touch", bench.path("go")]));
    await eventually(() => bench.peer.finish(job));
    expect(bench.peer.linesOf(job).map(({ text }) => text)).toEqual(["name? ", "ok\n"]);
  });

  it("keeps the last line as it is when it has no line break", async () => {
    expect((await run("printf", "a\nb")).lines.map(({ text }) => text)).toEqual(["a\n", "b"]);
  });

  it("may write characters in pieces", async () => {
    const { job } = await run(
      "sh",
      "-c",
      String.raw`printf 'gr\303'; sleep 0.3; printf '\274n \360\237'; sleep 0.3; printf '\214\215\n'`,
    );
    expect(bench.peer.text(job)).toBe("grün 🌍\n");
  });

  it("may write what is no text: it arrives with replacement characters", async () => {
    const { job } = await run("printf", String.raw`a\0b\377c\n`);
    expect(bench.peer.text(job)).toBe("a\uFFFDb\uFFFDc\n");
  });

  it("may write very long lines and very many", async () => {
    const { job, finish, lines } = await run("sh", "-c", "head -c 100000 /dev/zero | tr '\\0' x; echo; seq 20000");
    const expected = `${"x".repeat(100_000)}\n${Array.from({ length: 20_000 }, (_, i) => `${i + 1}\n`).join("")}`;
    expect(bench.peer.text(job) === expected).toBe(true);
    expectGapless(lines.map(({ seq }) => seq));
    expect(finish.last_seq).toBe(lines.length);
  });

  it("may write control characters, which JSON spells six times as long", async () => {
    const { job, finish } = await run("sh", "-c", "head -c 2000000 /dev/zero | tr '\\0' '\\1'");
    expect(finish.exit_code).toBe(0);
    expect(bench.peer.text(job).length).toBe(2_000_000);
  });

  it("S1, S2, S4, S5, S7, S14, S17, S19 gets its arguments as they are, without a shell", async () => {
    const hostile = [
      "$HOME",
      "a b",
      "*",
      "",
      "; exit 9",
      "$(id)",
      "a|cat /etc/passwd",
      "&&env",
      "x\nid",
      "；\u2028",
      "-e",
      '"&calc.exe',
      "%PATH%",
    ];
    // Of a name that another system would give to its shell.
    await symlink("/usr/bin/printf", bench.path("print.cmd"));
    const { job } = await run(bench.path("print.cmd"), "%s|", ...hostile);
    expect(bench.peer.text(job)).toBe(`${hostile.join("|")}|`);
  });

  it("sees a small environment of its own, an empty input, and a private directory", async () => {
    const { job } = await run("sh", "-c", "env | cut -d= -f1 | sort | tr '\\n' ' '; cat; umask; stat -c %a .");
    expect(bench.peer.text(job)).toBe(
      "HOME HOMESLICE_ATTEMPT HOMESLICE_EXECUTION_ID HOMESLICE_SERVER_ID LANG PATH PWD USER 0077\n700\n",
    );
  });
});

describe("a command without isolation", () => {
  it("may leave a process behind: its end is reported all the same", async () => {
    await writeFile(bench.path("policy.yaml"), "commands: all\nisolation: off\n");
    await bench.agent();
    const { finish } = await run("sh", "-c", "sleep 20 & echo $! >&2");
    expect(finish).toMatchObject({ outcome: "exited", exit_code: 0 });
    process.kill(Number(bench.peer.text(bench.peer.job(["true"], finish))), "SIGKILL");
  });
});

describe("more commands than may run at a time", () => {
  it("wait their turn in the order in which they came", async () => {
    bench.environment["HOMESLICE_MAX_CONCURRENT_JOBS"] = "1";
    await bench.agent();
    const jobs = ["a", "b", "c"].map((name) =>
      bench.peer.job(["sh", "-c", 'echo "+$1" >>"$0"; sleep 0.05; echo "-$1" >>"$0"', bench.path("order"), name]),
    );
    for (const job of jobs) bench.peer.run(job);
    await eventually(() => jobs.every((job) => bench.peer.finish(job)));
    const job = bench.peer.job(["cat", bench.path("order")]);
    bench.peer.run(job);
    await eventually(() => bench.peer.finish(job));
    expect(bench.peer.text(job).split("\n").join("")).toBe("+a-a+b-b+c-c");
    expect(bench.peer.of("accepted").length).toBe(4);
  });
});

describe("two agents on one machine that run the same execution", () => {
  let other: Bench;
  beforeEach(async () => {
    other = await Bench.open();
    await Promise.all([bench.agent(), other.agent()]);
  });
  afterEach(async () => {
    await other.close();
  });

  it("have nothing to do with each other: one is cancelled and cleared away, the other goes on to its end", async () => {
    const go = other.path("go");
    const wait = 'echo up; while [ ! -e "$0" ]; do sleep 0.02; done; echo done';
    const cancelled = bench.peer.job(["sh", "-c", wait, bench.path("never")]);
    const kept = other.peer.job(["sh", "-c", wait, go], { execution_id: cancelled.execution_id });
    bench.peer.run(cancelled);
    other.peer.run(kept);
    await eventually(() => bench.peer.text(cancelled) === "up\n" && other.peer.text(kept) === "up\n");
    bench.peer.send({ type: "cancel", execution_id: cancelled.execution_id, fence: 1 });
    expect(await eventually(() => bench.peer.finish(cancelled))).toMatchObject({ outcome: "cancelled" });
    await writeFile(go, "");
    expect(await eventually(() => other.peer.finish(kept))).toMatchObject({ outcome: "exited", exit_code: 0 });
    expect(other.peer.text(kept)).toBe("up\ndone\n");
  });
});
