import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Spares the engine what takes most of its time and what tests have no use for. It gets a home where it cannot keep its
 * log of each step it takes, since there is a file where it would make the directory; and it writes its state once, at
 * the end of a run, instead of all of it at each step. Where it is killed in the middle it writes at each step, as it
 * does everywhere else: see startUntil in tests/e2e/clusterSupport.ts.
 */
export default function setup(): void {
  const home = mkdtempSync(join(tmpdir(), "homeslice-engine-"));
  writeFileSync(join(home, "logs"), "");
  process.env["PULUMI_HOME"] = home;
  process.env["PULUMI_SKIP_CHECKPOINTS"] = "true";
}
