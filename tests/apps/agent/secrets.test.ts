import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Redactor } from "@homeslice/agent/output/redactor.ts";
import { Operation } from "@homeslice/protocol/operations/index.ts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
