import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Command } from "commander";

/** A real Kubernetes control plane with simulated nodes on this machine, for trying and testing `--stack` commands. */
export function registerTestbed(program: Command): void {
  const testbed = program.command("testbed").description("A real Kubernetes control plane on this machine, for tests");
  testbed
    .command("up")
    .description("start it (built on first use) and print KUBECONFIG=PATH; `--stack` commands find it by themselves")
    .option("--nodes <count>", "number of simulated nodes", "3")
    .option("--json", "print one JSON object instead")
    .option("--dir <folder>", "folder of data, logs and kubeconfig (default: testbed/run in HOMESLICE_CACHE)")
    .action(passOn("up"));
  testbed
    .command("reset")
    .description("start it anew with nothing in it")
    .option("--nodes <count>", "number of simulated nodes", "3")
    .option("--json", "print one JSON object instead")
    .option("--dir <folder>", "folder of data, logs and kubeconfig (default: testbed/run in HOMESLICE_CACHE)")
    .action(passOn("reset"));
  testbed
    .command("down")
    .description("end it; its data stay for the next `up`")
    .option("--dir <folder>", "folder of data, logs and kubeconfig (default: testbed/run in HOMESLICE_CACHE)")
    .action(passOn("down"));
}

interface TestbedOptions {
  readonly nodes?: string;
  readonly dir?: string;
  readonly json?: boolean;
}

/** Hands over to the testbed's own program: it lives with the tests, from which the command line imports nothing. */
function passOn(action: "up" | "down" | "reset") {
  return async ({ nodes, dir, json }: TestbedOptions): Promise<void> => {
    const args = [
      join(import.meta.dirname, "../../tests/testbed/main.ts"),
      action,
      ...(nodes === undefined ? [] : [`--nodes=${nodes}`]),
      ...(dir === undefined ? [] : [`--dir=${dir}`]),
      ...(json ? ["--json"] : []),
    ];
    const child = spawn(process.execPath, args, { stdio: "inherit" });
    const ignore = () => undefined; // Ctrl-C reaches the child too, which cleans up and then ends
    process.on("SIGINT", ignore);
    const [code] = await once(child, "exit");
    process.off("SIGINT", ignore);
    process.exitCode = typeof code === "number" ? code : 1;
  };
}
