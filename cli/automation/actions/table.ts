import type { Action, ActionVersion } from "@homeslice/protocol/actions.ts";
import { table } from "../show.ts";

/** Action templates for people, a line each. */
export function actionTable(actions: readonly Action[]): string {
  return table("action", actions, {
    NAME: ({ name }) => name,
    VERSION: ({ version }) => version,
    USED: ({ metadata }) => metadata.usage_count,
    CATEGORY: ({ category }) => category,
    TYPE: ({ action_type }) => action_type,
    DESCRIPTION: ({ description }) => description,
  });
}

/** The versions of an action for people, a line each. */
export function historyTable(versions: readonly ActionVersion[]): string {
  return table("version", versions, {
    VERSION: ({ version }) => version,
    CHANGED: ({ changed_at }) => changed_at,
    BY: ({ changed_by }) => changed_by,
    RESTORES: ({ restored_from }) => restored_from,
    NAME: ({ definition }) => definition.name,
  });
}
