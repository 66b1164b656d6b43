import { Agent } from "./agent.ts";
import { readSettings } from "./config/settings.ts";
import { StartupError } from "./errors.ts";
import { createLog } from "./log/log.ts";

/** For mistakes that the owner of the server can mend, as everywhere in Homeslice. */
const EXIT_USER_ERROR = 2;

/** Nothing that the agent or its commands write is for others. */
process.umask(0o077);

async function main(): Promise<void> {
  if (process.platform !== "linux") {
    throw new StartupError(
      "The agent runs on Linux alone: it tells processes apart by /proc",
      "Run it on a Linux server.",
    );
  }
  const settings = readSettings(process.env);
  const log = createLog(settings);
  const agent = new Agent(settings, log);
  const stop = (signal: NodeJS.Signals) => {
    log.info({ signal, endCommands: settings.stopJobsOnExit }, "stopping");
    agent.stop().then(() => process.exit(0), fail);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  process.on("SIGHUP", () => void agent.reloadPolicy());
  await agent.start();
}

function fail(error: unknown): never {
  if (error instanceof StartupError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_USER_ERROR);
  }
  throw error;
}

main().catch(fail);
