import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { UserError } from "@homeslice/config";
import { closest, distance } from "fastest-levenshtein";
import { parse } from "yaml";
import { z } from "zod";
import { checkout } from "./home.ts";

const contentSchema = z.looseObject({ config: z.record(z.string(), z.unknown()).nullish() });

/** The settings file of one stack, as the user wrote it. */
export interface StackFile {
  readonly stack: string;
  readonly path: string;
  /** Its path as messages name it. */
  readonly name: string;
  /** All of it: configuration, and how its secrets are encrypted when it holds any. */
  readonly content: z.infer<typeof contentSchema>;
}

/**
 * Reads `Pulumi.<stack>.yaml` from the given folder, by default the checkout.
 *
 * @throws UserError `stack.unknown` with the stacks that exist, `stack.unreadable` when the file is no YAML mapping
 */
export function readStackFile(stack: string, folder: string = checkout): StackFile {
  const path = join(resolve(folder), `Pulumi.${stack}.yaml`);
  const name = nameOf(path);
  const text = readIfThere(path);
  if (text === undefined || !isStackName(stack)) throw unknownStack(stack, resolve(folder));
  try {
    return { stack, path, name, content: contentSchema.parse(parse(text) ?? {}) };
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? "it is not a mapping with a `config` section" : String(error).split("\n")[0];
    throw new UserError(
      {
        code: "stack.unreadable",
        where: name,
        what: `cannot be read: ${reason}`,
        fix: "Correct the file. Nothing was changed.",
      },
      { cause: error },
    );
  }
}

/** A stack's name becomes part of file names and of the state. */
const isStackName = (stack: string) => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(stack);

/** Relative to where the user stands when the file is below that, else absolute. */
function nameOf(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith("..") ? path : fromHere;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function unknownStack(stack: string, folder: string): UserError {
  const stacks = stacksIn(folder);
  const near = stacks.length > 0 ? closest(stack, stacks) : undefined;
  const hint = near && distance(stack, near) <= 2 ? ` Did you mean "${near}"?` : "";
  const known = stacks.length > 0 ? `the stacks are ${stacks.join(", ")}` : "there are none";
  return new UserError({
    code: "stack.unknown",
    where: `--stack ${stack}`,
    what: `there is no such stack: ${folder} has no Pulumi.${stack}.yaml (${known}).${hint}`,
    fix: `Name one of them, or create Pulumi.${stack}.yaml with at least \`config: {homeslice:domain: …}\`, or name its folder with --config. Nothing was changed.`,
  });
}

function stacksIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
      .filter((stack) => stack !== undefined)
      .sort();
  } catch {
    return [];
  }
}
