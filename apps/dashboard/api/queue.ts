import { queryOptions } from "@tanstack/react-query";
import { api } from "./client.ts";

/** How much work waits and runs, and whether the queue is drained. */
export const queueQuery = queryOptions({
  queryKey: ["queue"],
  queryFn: () => api.call("getQueue"),
  refetchInterval: 5_000,
});
