import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { bar } from "@homeslice/cli/process/bar.ts";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);
const module = join(import.meta.dirname, "../../../cli/process/bar.ts");
const program = `
  const { bar, ProgressLine } = await import(${JSON.stringify(module)});
  const line = new ProgressLine();
  line.step(bar(1, 4) + " Action \\x07" + "x".repeat(200));
  line.step(bar(4, 4) + " Action");
  line.end();
`;
const args = ["--input-type=module", "-e", program];

describe("the progress of long work", () => {
  it("is as long as what is done, from nothing to all of it", () => {
    expect(bar(0, 4)).toBe("[....................] 0/4");
    expect(bar(1, 4)).toBe("[#####...............] 1/4");
    expect(bar(4, 4)).toBe("[####################] 4/4");
    expect(bar(0, 0)).toBe("[....................] 0/0");
  });

  it("is one line of a terminal, which nothing in it can leave, and which is gone at the end", async () => {
    const quoted = [process.execPath, ...args].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
    const { stdout } = await run("script", ["-qec", `stty cols 80; ${quoted}`, "/dev/null"]);
    const [before, first, second, after] = stdout.split("\r\x1b[K");
    expect([before, second, after]).toEqual(["", "[####################] 4/4 Action", ""]);
    expect(first).toBe(`[#####...............] 1/4 Action �${"x".repeat(80)}`.slice(0, 79));
  });

  it("is not in what goes elsewhere than to a terminal", async () => {
    expect(await run(process.execPath, args)).toEqual({ stdout: "", stderr: "" });
  });
});
