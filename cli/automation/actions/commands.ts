import { openClient } from "../client.ts";
import { describeDifference } from "../difference.ts";
import { type Shown, show } from "../show.ts";
import { ActionTemplates } from "./actions.ts";
import { actionTable, historyTable } from "./table.ts";

/** `actions list`. @throws UserError `local.stopped`, `actions.refused` */
export async function listActions({ search, ...shown }: Shown & { readonly search?: string }): Promise<void> {
  const found = await (await open()).list(search);
  show(found, shown, actionTable);
}

/** `actions history`. @throws UserError as `listActions`, `actions.unknown` */
export async function showHistory(name: string, shown: Shown): Promise<void> {
  const versions = await (await open()).history(name);
  show(versions, shown, historyTable);
}

/** `actions diff`. @throws UserError as `showHistory`, `option.invalid` */
export async function showDifference(
  name: string,
  from: string | undefined,
  to: string | undefined,
  shown: Shown,
): Promise<void> {
  const compared = await (await open()).compare(name, from, to);
  show(compared, shown, () => {
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
