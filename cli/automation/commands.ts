import { writeFileSync } from "node:fs";
import { UserError } from "@homeslice/config/errors.ts";
import { bar, ProgressLine } from "../process/bar.ts";
import { apply, describe, exportDefinitions } from "./apply.ts";
import { openClient } from "./client.ts";
import type { Step } from "./plan.ts";
import { type Shown, show } from "./show.ts";

interface ApplyFlags extends Shown {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly prune?: boolean;
}

/** `apply`. @throws UserError */
export async function applyCommand({ file, dryRun = false, prune = false, ...shown }: ApplyFlags): Promise<void> {
  const progress = new ProgressLine();
  const onStep = ({ kind, name }: Step, done: number, total: number) =>
    progress.step(`${bar(done, total)} ${kind} "${name}"`);
  const client = await openClient();
  const applied = await apply(client, { directory: file, dryRun, prune, onStep }).finally(() => progress.end());
  show(applied, shown, describe);
}

/** `export`. @throws UserError */
export async function exportCommand({ out }: { readonly out?: string }): Promise<void> {
  const text = await exportDefinitions(await openClient());
  if (out === undefined) process.stdout.write(text);
  else save(out, text);
}

function save(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    const what = `cannot be written: ${cause instanceof Error ? cause.message : cause}`;
    throw new UserError({ code: "definitions.unwritable", where: file, what, fix: "Give another file." }, { cause });
  }
}
