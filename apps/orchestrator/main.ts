import { checkServing } from "./check.ts";
import { migrateDatabase } from "./database/migrate.ts";
import { createLog } from "./log.ts";
import { startOrchestrator, warnOfBreaks } from "./orchestrator.ts";
import { readSettings, type Settings, SettingsError } from "./settings.ts";
import { VERSION } from "./version.ts";

const EXIT_USAGE = 2;

/**
 * `serve` runs the orchestrator until it is told to stop; `migrate` brings the database up to date and ends; `check` asks a
 * running orchestrator whether it serves.
 */
async function main(command: string | undefined): Promise<number> {
  const settings = readSettings(process.env);
  const log = createLog(settings.logLevel);
  switch (command) {
    case "migrate":
      return await runMigrations(settings);
    case "check":
      return await runCheck(settings);
    case "serve": {
      const orchestrator = await startOrchestrator(settings, log);
      const signal = await new Promise<NodeJS.Signals>((resolve) => {
        for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, resolve);
      });
      log.info({ signal }, "stopping");
      await orchestrator.stop();
      return 0;
    }
    default:
      process.stderr.write("usage: main.ts serve|migrate|check\n");
      return EXIT_USAGE;
  }

  async function runCheck({ checkUrl, secret }: Settings): Promise<number> {
    if (checkUrl === undefined) throw new SettingsError("HOMESLICE_CHECK_URL: is missing, the address to check");
    const problems = await checkServing({ url: checkUrl, secret, version: VERSION });
    if (problems.length === 0) log.info({ url: checkUrl }, "it serves");
    else log.error({ url: checkUrl, problems }, "it does not serve as it has to");
    return problems.length === 0 ? 0 : 1;
  }

  async function runMigrations({ database: target }: Settings): Promise<number> {
    const applied = await migrateDatabase(target, warnOfBreaks(log));
    log.info({ applied }, "the database is up to date");
    return 0;
  }
}

try {
  process.exitCode = await main(process.argv[2]);
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT_USAGE;
}
