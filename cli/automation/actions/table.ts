import type { Action, ActionVersion } from "@homeslice/protocol/actions.ts";
import { alignedLines } from "../../local/table.ts";

/** Action templates for people, a line each. */
export function actionTable(actions: readonly Action[]): string {
  if (actions.length === 0) return "There is no action.\n";
  return alignedLines([
    ["NAME", "VERSION", "USED", "CATEGORY", "TYPE", "DESCRIPTION"],
    ...actions.map(({ name, version, metadata, category, action_type, description }) => [
      name,
      String(version),
      String(metadata.usage_count),
      category,
      action_type,
      description,
    ]),
  ]);
}

/** The versions of an action for people, a line each. */
export function historyTable(versions: readonly ActionVersion[]): string {
  return alignedLines([
    ["VERSION", "CHANGED", "BY", "RESTORES", "NAME"],
    ...versions.map(({ version, changed_at, changed_by, restored_from, definition }) => [
      String(version),
      changed_at,
      changed_by,
      restored_from === null ? "" : String(restored_from),
      definition.name,
    ]),
  ]);
}
