import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Command } from "commander";

/** `test`: everything that is tested, or the quick part of it. */
export function registerTest(program: Command): void {
  program
    .command("test")
    .description("check and test this checkout; the last line counts the results")
    .argument("[filters...]", "only test files whose names contain one of these")
    .option("--fast", "the quick suites alone: no engine, no control plane")
    .action(async (filters: readonly string[], { fast }: { readonly fast?: boolean }) => {
      const script = join(import.meta.dirname, "../../tests/run/main.ts");
      const args = [script, ...(fast ? ["--fast"] : []), ...filters];
      const [code] = await once(spawn(process.execPath, args, { stdio: "inherit" }), "exit");
      process.exitCode = typeof code === "number" ? code : 1;
    });
}
