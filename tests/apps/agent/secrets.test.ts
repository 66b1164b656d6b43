import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Vault } from "@homeslice/agent/jobs/vault.ts";
import { Redactor } from "@homeslice/agent/output/redactor.ts";
import { Operation } from "@homeslice/protocol/operations/index.ts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { z } from "zod";
import { Bench, eventually } from "./harness.ts";

type Command = Omit<Extract<z.input<typeof Operation>, { type: "shell_command" }>, "type">;

const SECRET = "s3cr&t +p/w?";

describe("a redactor", () => {
  const redactor = new Redactor([`${SECRET}\n`, "postgres://me:p%40ssw0rd@db/x"]);

  it.each([
    ["as it is", SECRET],
    ["in JSON", JSON.stringify({ password: SECRET })],
    ["percent-encoded", `password=${encodeURIComponent(SECRET)}`],
    ["as a form", new URLSearchParams({ password: SECRET }).toString()],
    ["the password of a connection string", "p%40ssw0rd"],
    ["that password decoded", "p@ssw0rd"],
  ])("covers a secret %s", (_, text) => {
    expect(redactor.coverText(text)).toContain("*******");
    for (const word of [SECRET, "s3cr", "ssw0rd"]) expect(redactor.coverText(text)).not.toContain(word);
  });

  it("covers base64 wherever the secret begins in what was encoded", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom("base64", "base64url"), (before, after, encoding) => {
        const text = Buffer.from(before + SECRET + after).toString(encoding === "base64" ? "base64" : "base64url");
        const shown = Buffer.from(redactor.coverText(text).replaceAll("*", "A"), "base64").toString("latin1");
        expect(shown).not.toContain(SECRET.slice(1, -1));
      }),
    );
  });

  it("knows the secrets of a directory as Kubernetes makes it, whatever else lies there", async () => {
    const directory = await mkdtemp(join(tmpdir(), "secrets-"));
    onTestFinished(async () => await rm(directory, { recursive: true }));
    await mkdir(join(directory, "..2026"));
    await writeFile(join(directory, "..2026/password"), `${SECRET}\n`);
    await symlink("..2026", join(directory, "..data"));
    await symlink("..data/gone", join(directory, "gone"));
    await symlink("..data/password", join(directory, "password"));
    execFileSync("mkfifo", [join(directory, "a-pipe")]);
    expect(Redactor.of([join(directory, "none"), directory]).coverText(`it is ${SECRET}`)).toBe("it is ************");
  });

  it("leaves everything else as it is", () => {
    const text = "nothing to see, s3cr by itself is none";
    expect(redactor.coverText(text)).toBe(text);
  });

  it("knows how much of an end could be the beginning of a secret", () => {
    expect(redactor.openEnd(Buffer.from("text s3cr&"))).toBe(5);
    expect(redactor.openEnd(Buffer.from("text"))).toBe(0);
  });
});

describe("a secret of a server", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
    await mkdir(join(bench.stateDir, "secrets"), { recursive: true, mode: 0o700 });
    await writeFile(join(bench.stateDir, "secrets/token"), `${SECRET}\n`, { mode: 0o600 });
    await bench.agent();
  });
  afterEach(async () => {
    await bench.close();
  });

  async function run(command: Command) {
    const operation = Operation.parse({ type: "shell_command", ...command });
    const job = bench.peer.job(["true"], { operation });
    bench.peer.run(job);
    const finish = await eventually(() => bench.peer.finish(job));
    return { job, finish, text: bench.peer.text(job) };
  }

  const asFile = [{ name: "token", variable: "TOKEN_FILE" }];

  it("reaches a command by a file or a variable, and never by its arguments", async () => {
    const script =
      'test "$(cat "$TOKEN_FILE")" = "$0" && stat -c %a "$TOKEN_FILE" && grep -c "$0" /proc/self/cmdline; true';
    const { text } = await run({ argv: ["sh", "-c", script, SECRET], secrets: asFile });
    expect(text).toMatch(/^600\n/);
    const value = [{ name: "token", variable: "TOKEN", as: "value" as const }];
    const { finish } = await run({ argv: ["sh", "-c", 'test "$TOKEN" = "$0"', SECRET], secrets: value });
    expect(finish.exit_code).toBe(0);
  });

  it("is gone from the disk when its command is over, settled or not", async () => {
    bench.peer.settle = false;
    const { job } = await run({ argv: ["true"], secrets: asFile });
    const directory = join(bench.stateDir, "jobs", `${job.execution_id}.1`, "work");
    expect(await readdir(directory)).toEqual([]);
  });

  it("does not leave the server, however its output is cut into pieces, and does not stay in the output on disk", async () => {
    bench.peer.settle = false;
    const script =
      'printf "a: "; cut -c1-4 "$TOKEN_FILE" | tr -d "\\n"; sleep 0.4; cut -c5- "$TOKEN_FILE"; base64 "$TOKEN_FILE"; cat "$TOKEN_FILE" >&2';
    const { job, text } = await run({ argv: ["sh", "-c", script], secrets: asFile });
    expect(text).toContain(`a: ${"*".repeat(SECRET.length)}\n`);
    expect(JSON.stringify(bench.peer.messages)).not.toContain(SECRET.slice(0, 6));
    expect(text).not.toContain(Buffer.from(SECRET).toString("base64").slice(0, 12));
    for (const name of ["stdout", "stderr"]) {
      const kept = await readFile(join(bench.stateDir, "jobs", `${job.execution_id}.1`, name), "utf8");
      expect(kept).not.toContain(SECRET);
      expect(kept).toContain("*".repeat(SECRET.length));
    }
  });

  it("across the place where a long line is cut is covered as a whole", async () => {
    const script = 'head -c 16380 /dev/zero | tr "\\0" x; cat "$TOKEN_FILE"';
    const { text } = await run({ argv: ["sh", "-c", script], secrets: asFile });
    expect(text).toBe(`${"x".repeat(16_380)}${"*".repeat(SECRET.length)}`);
  });

  it("that a server does not have keeps the command from being started", async () => {
    const { finish } = await run({ argv: ["true"], secrets: [{ name: "other", variable: "X" }] });
    expect(finish).toMatchObject({ outcome: "refused" });
    expect(finish.error).toContain('this server has no secret "other"');
  });
});

describe("a secret of the orchestrator", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(async () => {
    await bench.close();
  });

  const used = (as: "file" | "value") => [{ name: "given", from: "orchestrator" as const, variable: "GIVEN", as }];

  function start(script: string, as: "file" | "value" = "file", more: string[] = []) {
    const operation = { type: "shell_command" as const, argv: ["sh", "-c", script, ...more], secrets: used(as) };
    const job = bench.peer.job(["true"], { operation: Operation.parse(operation) });
    bench.peer.run(job, bench.peer.sign(job), bench.peer.secretsFor(job, { given: SECRET }));
    return job;
  }

  /** Every file of the agent, and of the memory of this machine that is an agent's. */
  async function filesWithIt(): Promise<string[]> {
    const inMemory = (await readdir("/dev/shm")).filter((name) => name.startsWith("homeslice-"));
    const found = [bench.directory, ...inMemory.map((name) => join("/dev/shm", name))].map(async (root) => {
      // Other agents of this machine come and go meanwhile.
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
      const texts = entries.map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const text = entry.isFile() ? await readFile(path, "latin1").catch(() => "") : "";
        return text.includes(SECRET) ? [path] : [];
      });
      return (await Promise.all(texts)).flat();
    });
    return (await Promise.all(found)).flat();
  }

  it("reaches the command by a file in memory or a variable, is covered in its output, and is gone afterwards", async () => {
    await bench.agent();
    bench.peer.settle = false;
    const byFile = start('test "$(cat "$GIVEN")" = "$0"; echo $? $(stat -c "%a %n" "$GIVEN"); cat "$GIVEN"', "file", [
      SECRET,
    ]);
    await eventually(() => bench.peer.finish(byFile));
    expect(bench.peer.text(byFile)).toMatch(/^0 600 \/dev\/shm\/homeslice-\w+\/.*\/given\n\*{12}$/);
    const byValue = start('test "$GIVEN" = "$0"; echo $? $GIVEN; env | grep -c given', "value", [SECRET]);
    await eventually(() => bench.peer.finish(byValue));
    expect(bench.peer.text(byValue)).toMatch(/^0 \*{12}\n0\n$/);
    expect(JSON.stringify(bench.peer.messages)).not.toContain(SECRET);
    // The arguments of these commands hold it for the sake of the comparison: the journal keeps those alone.
    expect((await filesWithIt()).toSorted()).toEqual([byFile, byValue].map(journalOf).toSorted());
  });

  const journalOf = ({ execution_id }: { execution_id: string }) =>
    join(bench.stateDir, "jobs", `${execution_id}.1`, "journal.ndjson");

  it("is in no file after the end, and waits for its turn and through a restart of the agent meanwhile", async () => {
    const one = { HOMESLICE_MAX_CONCURRENT_JOBS: "1" };
    const first = await bench.process(one);
    bench.peer.settle = false;
    const gate = bench.path("gate");
    const holder = start(`cat "$GIVEN"; until test -e ${gate}; do sleep 0.05; done; cat "$GIVEN"`);
    const waiting = start('cat "$GIVEN"');
    await eventually(() => bench.peer.of("started", holder)[0] && bench.peer.of("accepted", waiting)[0]);
    await first.kill("SIGKILL");
    await bench.process(one);
    expect(await filesWithIt()).toHaveLength(2);
    await writeFile(gate, "");
    await eventually(() => bench.peer.finish(holder) && bench.peer.finish(waiting), 30);
    const stars = "*".repeat(SECRET.length);
    expect([bench.peer.text(holder), bench.peer.text(waiting)]).toEqual([stars + stars, stars]);
    expect(await filesWithIt()).toEqual([]);
    expect(JSON.stringify(bench.peer.messages)).not.toContain(SECRET);
  });

  it("that does not come along, or comes from somebody else or for another attempt, starts nothing", async () => {
    await bench.agent();
    const operation = Operation.parse({ type: "shell_command", argv: ["true"], secrets: used("file") });
    const job = bench.peer.job(["true"], { operation });
    const good = bench.peer.secretsFor(job, { given: SECRET });
    const forged = { payload: good.payload.replace("cr&t", "CR&T"), signature: good.signature };
    const foreign = bench.peer.secretsFor({ ...job, fence: 2 }, { given: SECRET });
    for (const [secrets, reason] of [
      [undefined, "without the secrets"],
      [forged, "signature of the secrets"],
      [foreign, "for another job"],
      [bench.peer.secretsFor(job, { other: SECRET }), "without its secret given"],
    ] as const) {
      bench.peer.forget(job);
      bench.peer.run(job, bench.peer.sign(job), secrets);
      const finish = await eventually(() => bench.peer.finish(job));
      expect(finish).toMatchObject({ outcome: "refused", error: expect.stringContaining(reason) });
    }
  });

  it("lies in the state directory where there is no memory for it, and nobody else's directory is taken", async () => {
    const directory = bench.path("no-memory");
    const vault = await Vault.open(directory, bench.directory);
    expect(vault.root).toBe(join(directory, "handed"));
    await vault.put("one.1", new Map([["a", SECRET]]));
    expect(await vault.read("one.1", "a")).toBe(SECRET);
    await vault.keepOnly([]);
    expect(await vault.holds("one.1")).toBe(false);
    const inMemory = await Vault.open(directory);
    await chmod(inMemory.root, 0o755);
    expect((await Vault.open(directory)).root).toBe(vault.root);
    await inMemory.close();
  });
});
