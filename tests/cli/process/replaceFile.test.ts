import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replaceFile } from "@homeslice/cli/process/replaceFile.ts";
import { expect, onTestFinished, test } from "vitest";

test("who has opened a file that is replaced reads the old one whole, and who opens it then the new one", () => {
  const directory = mkdtempSync(join(tmpdir(), "homeslice-files-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "version");
  writeFileSync(path, "old\n", { mode: 0o640 });
  const opened = openSync(path, "r");
  replaceFile(path, "new\n");
  expect(readFileSync(opened, "utf8")).toBe("old\n");
  closeSync(opened);
  expect(readFileSync(path, "utf8")).toBe("new\n");
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(directory)).toEqual(["version"]);
});
