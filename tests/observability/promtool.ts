import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What a program said, and whether it was content. */
export interface Verdict {
  readonly passed: boolean;
  readonly output: string;
}

/** Writes files into a directory of their own and runs a program there. */
export async function verdictOf(
  program: string,
  args: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<Verdict> {
  const cwd = mkdtempSync(join(tmpdir(), "homeslice-observability-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    const { stdout, stderr } = await run(program, [...args], { cwd });
    return { passed: true, output: stdout + stderr };
  } catch (error) {
    return { passed: false, output: error instanceof Error ? outputOf(error) : String(error) };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

function outputOf(error: Error): string {
  const streams = ["stdout", "stderr"].map((name) => Reflect.get(error, name));
  return [error.message, ...streams].join("\n");
}
