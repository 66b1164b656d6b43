import { pino } from "pino";
import { migrate } from "./database/migrate.ts";
import { openDatabases } from "./database/tenancy.ts";
import { startOrchestrator } from "./orchestrator.ts";
import { readSettings, type Settings, SettingsError } from "./settings.ts";

const EXIT_USAGE = 2;

/** `serve` runs the orchestrator until it is told to stop; `migrate` brings the database up to date and ends. */
async function main(command: string | undefined): Promise<number> {
  const settings = readSettings(process.env);
  const log = pino({ level: settings.logLevel, base: { component: "orchestrator" } }, pino.destination(2));
  switch (command) {
    case "migrate":
      return await runMigrations(settings);
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
      process.stderr.write("usage: main.ts serve|migrate\n");
      return EXIT_USAGE;
  }

  async function runMigrations({ database: target }: Settings): Promise<number> {
    const databases = openDatabases(target, (error) => log.warn({ err: error }, "a database connection broke"));
    try {
      log.info({ applied: await migrate(databases.system, target.schema) }, "the database is up to date");
      return 0;
    } finally {
      await databases.close();
    }
  }
}

try {
  process.exitCode = await main(process.argv[2]);
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT_USAGE;
}
