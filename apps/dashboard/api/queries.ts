import type { HistoryFilter } from "@homeslice/protocol/executions.ts";
import type { RequestOf } from "@homeslice/protocol/routes.ts";
import type { Server } from "@homeslice/protocol/servers.ts";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import { api } from "./client.ts";

const REFRESH_MS = 5_000;
/** Of each server that is held, on top of that: ten thousand are asked for once a minute, and the live view tells the rest. */
const REFRESH_MS_OF_EACH = 6;
const PAGE = 1_000;

/** Every server there is, page after page: the table filters what it holds, so that typing never waits for a network. */
export const serversQuery = queryOptions({
  queryKey: ["servers"],
  queryFn: async (): Promise<Server[]> => {
    const servers: Server[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await api.call("listServers", { query: { limit: PAGE, ...(cursor ? { cursor } : {}) } });
      servers.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    return servers;
  },
  refetchInterval: ({ state }) => Math.max(REFRESH_MS, REFRESH_MS_OF_EACH * (state.data?.length ?? 0)),
  placeholderData: keepPreviousData,
});

/** The first servers of a list, asked for once: they are there long before every server is. */
export const firstServersQuery = (listing: RequestOf<"listServers">["query"]) =>
  queryOptions({
    queryKey: ["first servers", listing],
    queryFn: async () => (await api.call("listServers", { query: listing })).items,
    staleTime: REFRESH_MS,
  });

/** Some servers, by their ids. */
export const namedServersQuery = (serverIds: readonly string[]) =>
  queryOptions({
    queryKey: ["named servers", serverIds],
    queryFn: async () => {
      const query = { server_ids: serverIds.join(","), limit: serverIds.length };
      return (await api.call("listServers", { query })).items;
    },
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });

/** One server as it is. */
export const serverQuery = (serverId: string) =>
  queryOptions({
    queryKey: ["servers", serverId],
    queryFn: () => api.call("getServer", { params: { server_id: serverId } }),
    refetchInterval: REFRESH_MS,
  });

/** Executions, newest first, one page at a time. */
export const historyQuery = (filter: z.input<typeof HistoryFilter>) =>
  infiniteQueryOptions({
    queryKey: ["history", filter],
    queryFn: ({ pageParam }) =>
      api.call("listExecutions", { query: { limit: 50, ...filter, ...(pageParam ? { cursor: pageParam } : {}) } }),
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchInterval: REFRESH_MS,
  });
