import { chmodSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const PREFIX = "homeslice-tests-";
/** What a failed run of chaos leaves to be read. */
const KEPT = "homeslice-chaos-";

/** Gives the whole test run a temporary directory of its own, and removes it afterwards with all that was left there. */
export default function setup(): (() => void) | undefined {
  // Each project of the run comes by here; the first makes the directory.
  if (basename(tmpdir()).startsWith(PREFIX)) return undefined;
  const directory = mkdtempSync(join(tmpdir(), PREFIX));
  // Servers that do not run as root use it, too.
  chmodSync(directory, 0o1777);
  process.env["TMPDIR"] = directory;
  return () => {
    const left = readdirSync(directory).filter((name) => !name.startsWith(KEPT));
    for (const name of left) rmSync(join(directory, name), { recursive: true, force: true });
    if (readdirSync(directory).length === 0) rmdirSync(directory);
  };
}
