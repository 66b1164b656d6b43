import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Gives the engine a home where it cannot keep its log of each step it takes, on which it spends a quarter of its time:
 * there is a file where it would make the directory.
 */
export default function setup(): void {
  const home = mkdtempSync(join(tmpdir(), "homeslice-engine-"));
  writeFileSync(join(home, "logs"), "");
  process.env["PULUMI_HOME"] = home;
}
