import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Command } from "commander";

/** `bench`: measures speed on this machine. It lives with the tests, from which the command line imports nothing. */
export function registerBench(program: Command): void {
  program
    .command("bench")
    .description("measure speed on this machine, beside the floor or a peer measured in the same run")
    .argument("[names...]", "which figures (default: all)")
    .option("--quick", "a small form of each, which only shows that it works")
    .option("--json", "print one JSON object: name to value, unit, target, met, floor, ratio")
    .action(
      async (names: readonly string[], { quick, json }: { readonly quick?: boolean; readonly json?: boolean }) => {
        const script = join(import.meta.dirname, "../../tests/bench/main.ts");
        const args = [script, ...(quick ? ["--quick"] : []), ...(json ? ["--json"] : []), ...names];
        const [code] = await once(spawn(process.execPath, args, { stdio: "inherit" }), "exit");
        process.exitCode = typeof code === "number" ? code : 1;
      },
    );
}
