import type { HistoryFilter } from "@homeslice/protocol/executions.ts";
import type { Server } from "@homeslice/protocol/servers.ts";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import { api } from "./client.ts";

const REFRESH_MS = 5_000;
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
  refetchInterval: REFRESH_MS,
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
