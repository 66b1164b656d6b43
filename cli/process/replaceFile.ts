import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";

/**
 * Replaces a file in one step: whoever reads it, and whenever this is killed, it is the old one or the new one.
 * @param mode its permissions. Default: those that it has
 */
export function replaceFile(path: string, text: string, mode = statSync(path).mode): void {
  const next = `${path}.${process.pid}.new`;
  try {
    writeFileSync(next, text, { mode });
    renameSync(next, path);
  } finally {
    rmSync(next, { force: true });
  }
}
