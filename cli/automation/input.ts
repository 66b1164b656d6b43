import { readFileSync } from "node:fs";
import { UserError } from "@homeslice/config/errors.ts";
import { parse } from "yaml";
import type { z } from "zod";

/** Stands for standard input where a file is asked for. */
export const STANDARD_INPUT = "-";

/** What a file holds, or standard input: what is secret belongs on no command line. @throws UserError `input.unreadable` */
export function readInput(file: string): string {
  try {
    return readFileSync(file === STANDARD_INPUT ? 0 : file, "utf8");
  } catch (cause) {
    const what = `cannot be read: ${cause instanceof Error ? cause.message : cause}`;
    const fix = "Give a file, or - and the text on standard input.";
    throw new UserError({ code: "input.unreadable", where: file, what, fix }, { cause });
  }
}

/** Settings in YAML or JSON. @throws UserError `input.unreadable`, `input.invalid` naming every mistake */
export function readSettings<Settings>(schema: z.ZodType<Settings>, file: string): Settings {
  const result = schema.safeParse(parsed(readInput(file), file));
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw invalid(file, faults.join("; "));
}

function parsed(text: string, file: string): unknown {
  try {
    return parse(text, { schema: "core", maxAliasCount: 0 });
  } catch (error) {
    throw invalid(file, error instanceof Error ? error.message : String(error));
  }
}

function invalid(file: string, what: string): UserError {
  const fix = "See docs/reference/api.md for what it may say.";
  return new UserError({ code: "input.invalid", where: file, what, fix });
}
