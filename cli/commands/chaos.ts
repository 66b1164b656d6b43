import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Command } from "commander";

interface ChaosOptions {
  readonly rounds: string;
  readonly seed?: string;
  readonly fleet: string;
  readonly json?: boolean;
}

/** `chaos`: kills, freezes and cuts off parts of an installation of its own, and checks what is promised. */
export function registerChaos(program: Command): void {
  program
    .command("chaos")
    .description("break an installation of its own again and again, and check that nothing is lost or done twice")
    .option("--rounds <count>", "faults, one after the other", "50")
    .option("--seed <number>", "repeats the choices of an earlier run (default: a new one)")
    .option("--fleet <count>", "simulated agents beside the real ones", "200")
    .option("--json", "print one JSON object: rounds, seed, lost, duplicated, regressed, gaps, late, left and more")
    .action(async ({ rounds, seed, fleet, json }: ChaosOptions) => {
      const script = join(import.meta.dirname, "../../tests/chaos/main.ts");
      const args = [
        `--rounds=${rounds}`,
        `--fleet=${fleet}`,
        ...(seed === undefined ? [] : [`--seed=${seed}`]),
        ...(json ? ["--json"] : []),
      ];
      const [code] = await once(spawn(process.execPath, [script, ...args], { stdio: "inherit" }), "exit");
      process.exitCode = typeof code === "number" ? code : 1;
    });
}
