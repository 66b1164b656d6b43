import { openClient } from "../client.ts";
import { describeDifference } from "../difference.ts";
import { ActionTemplates } from "./actions.ts";
import { actionTable, historyTable } from "./table.ts";

interface Shown {
  readonly json?: boolean;
}

/** `actions list`. @throws UserError `local.stopped`, `actions.refused` */
export async function listActions({ search, json = false }: Shown & { readonly search?: string }): Promise<void> {
  const found = await (await open()).list(search);
  print(json, found, () => actionTable(found));
}

/** `actions history`. @throws UserError as `listActions`, `actions.unknown` */
export async function showHistory(name: string, { json = false }: Shown): Promise<void> {
  const versions = await (await open()).history(name);
  print(json, versions, () => historyTable(versions));
}

/** `actions diff`. @throws UserError as `showHistory`, `option.invalid` */
export async function showDifference(
  name: string,
  from: string | undefined,
  to: string | undefined,
  { json = false }: Shown,
): Promise<void> {
  const compared = await (await open()).compare(name, from, to);
  print(json, compared, () => {
    const lines = compared.changes.map((change) => `    ${describeDifference(change)}\n`);
    return `version ${compared.from} → ${compared.to}: ${lines.length === 0 ? "no difference" : `${lines.length} changes`}\n${lines.join("")}`;
  });
}

/** `actions restore`. @throws UserError as `showDifference` */
export async function restoreAction(name: string, version: string): Promise<void> {
  const restored = await (await open()).restore(name, version);
  process.stdout.write(`"${restored.name}" is what version ${version} was, as version ${restored.version}.\n`);
}

async function open(): Promise<ActionTemplates> {
  return new ActionTemplates(await openClient());
}

function print(json: boolean, value: object, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text());
}
