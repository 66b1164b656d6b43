import { join } from "node:path";
import type { Command } from "commander";

/** `agent install` and `agent uninstall`: servers outside the cluster. */
export function registerAgent(program: Command): void {
  const agent = program
    .command("agent")
    .description("make this machine a server of an orchestrator, as a systemd service");
  common(agent.command("install").description("write unit, settings and policy, and start the agent"))
    .option("--url <url>", "base URL of the orchestrator")
    .option("--token <token>", "enrolment token of this server")
    .option("--name <name>", "name under which the server is shown (default: its host name)")
    .option("--user <name>", "user that the agent runs as, made when there is none")
    .action(async (options: unknown) => {
      const { installAgent } = await import("../agent/install.ts");
      await installAgent(options);
    });
  agent
    .command("build")
    .description("build the program of the service again, after the checkout was updated")
    .action(async () => {
      const { BUILT, buildAgent } = await import("../agent/program.ts");
      await buildAgent(join(import.meta.dirname, "../..", BUILT));
    });
  common(agent.command("uninstall").description("stop the agent and remove its unit"))
    .option("--purge", "remove its key, journal, settings and secrets, too")
    .action(async (options: unknown) => {
      const { uninstallAgent } = await import("../agent/install.ts");
      uninstallAgent(options);
    });
}

function common(command: Command): Command {
  return command
    .option("--root <dir>", "write below this directory, and start nothing")
    .option("--dry-run", "show what would be done, and do nothing");
}
