import { writeFileSync } from "node:fs";
import { apply, describe, exportDefinitions } from "./apply.ts";
import { openClient } from "./client.ts";

interface ApplyFlags {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly json?: boolean;
}

/** `apply`. @throws UserError */
export async function applyCommand({ file, dryRun = false, prune = false, json = false }: ApplyFlags): Promise<void> {
  const applied = await apply(await openClient(), { directory: file, dryRun, prune });
  process.stdout.write(json ? `${JSON.stringify(applied, null, 2)}\n` : describe(applied));
}

/** `export`. @throws UserError */
export async function exportCommand({ out }: { readonly out?: string }): Promise<void> {
  const text = await exportDefinitions(await openClient());
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text);
}
