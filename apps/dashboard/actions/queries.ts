import type { ActionFilter } from "@homeslice/protocol/actions.ts";
import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";

export const actionsQuery = (filter: z.input<typeof ActionFilter>) =>
  pagesQuery(["actions", filter], (place) =>
    api.call("listActions", { query: { limit: 100, sort: "name", ...filter, ...place } }),
  );

export const actionQuery = (actionId: string) =>
  queryOptions({
    queryKey: ["actions", "one", actionId],
    queryFn: () => api.call("getAction", { params: { action_id: actionId } }),
  });

export const versionsQuery = (actionId: string) =>
  pagesQuery(["actions", "versions", actionId], (place) =>
    api.call("listActionVersions", { params: { action_id: actionId }, query: { limit: 50, ...place } }),
  );

/** What differs between two versions. */
export const differenceQuery = (actionId: string, from: number, to: number) =>
  queryOptions({
    queryKey: ["actions", "difference", actionId, from, to],
    queryFn: () =>
      api.call("compareActionVersions", {
        params: { action_id: actionId },
        query: { from: String(from), to: String(to) },
      }),
    staleTime: Number.POSITIVE_INFINITY,
  });
