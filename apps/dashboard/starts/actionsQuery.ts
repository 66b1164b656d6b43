import type { Action } from "@homeslice/protocol/actions.ts";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../api/client.ts";

/** Actions to choose from: the first thousand by name. */
export const actionChoiceQuery = queryOptions({
  queryKey: ["actions", "choice"],
  queryFn: async () => (await api.call("listActions", { query: { sort: "name", limit: 1_000 } })).items,
  staleTime: 30_000,
});

/** The action of an id; one that was deleted is none. */
export function actionOf(actions: readonly Action[] | undefined, actionId: string | null | undefined) {
  return actions?.find(({ action_id }) => action_id === actionId);
}
