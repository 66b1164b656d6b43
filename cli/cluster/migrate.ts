import { readFileSync } from "node:fs";
import { CONFIG_VERSION, pendingEdits, settingsIn, UserError, versionOf } from "@homeslice/config";
import { z } from "zod";
import { replaceFile } from "../process/replaceFile.ts";
import { lineDifference } from "./report/lines.ts";
import { applyEdits, readDocument, textOf } from "./settingsFile.ts";
import { readStackFile } from "./stackFile.ts";

const optionsSchema = z.object({
  stack: z.string().min(1),
  config: z.string().optional(),
  dryRun: z.boolean().default(false),
});

/**
 * Brings the settings file of a stack up to date, comments and order kept, in one step; shows the lines that change.
 *
 * @throws UserError `config.newer` for settings of a version to come, and what a settings file gives rise to
 */
export function migrateConfig(given: unknown): void {
  const { stack, config: folder, dryRun } = optionsSchema.parse(given);
  const file = readStackFile(stack, folder);
  const settings = settingsIn(file.content.config ?? {});
  const version = versionOf(settings);
  if (version !== undefined && version > CONFIG_VERSION) throw newer(file.name, version);
  const edits = pendingEdits(settings, version);
  if (edits.length === 0) {
    say(`${file.name} is up to date (version ${CONFIG_VERSION}). Nothing was changed.`);
    return;
  }
  const document = readDocument(file.path);
  applyEdits(document, edits);
  const text = textOf(document);
  for (const line of lineDifference(readFileSync(file.path, "utf8"), text)) process.stdout.write(`${line}\n`);
  if (!dryRun) replaceFile(file.path, text);
  say(dryRun ? "Nothing was changed." : `${file.name} is of version ${CONFIG_VERSION} now.`);
}

const say = (line: string) => void process.stderr.write(`${line}\n`);

function newer(where: string, version: number): UserError {
  return new UserError({
    code: "config.newer",
    where,
    what: `it is of version ${version}, and this Homeslice knows versions up to ${CONFIG_VERSION}`,
    fix: "Use the newer Homeslice that wrote it. Nothing was changed.",
  });
}
