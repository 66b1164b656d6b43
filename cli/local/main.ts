/** The process behind `up --detach`: the supervisor, telling the one who started it how far it is. */
import { UserError } from "@homeslice/config/errors.ts";
import { locateHome } from "./home.ts";
import type { Report } from "./report.ts";
import { supervise } from "./supervisor.ts";

/** Whoever started this may be gone already. */
function tell(report: Report): void {
  if (process.connected) process.send?.(report, () => undefined);
}

try {
  await supervise(locateHome(), Number(process.argv[2]), (record, notice) => tell({ record, notice }));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  tell({ complaint: error });
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
} finally {
  if (process.connected) process.disconnect();
}
