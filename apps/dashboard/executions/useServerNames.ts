import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { serversQuery } from "../api/queries.ts";

/** What a server is called; the beginning of its id where it is gone. */
export function useServerNames(): (serverId: string) => string {
  const { data } = useQuery({ ...serversQuery, refetchInterval: false, staleTime: 60_000 });
  const names = useMemo(() => new Map(data?.map(({ server_id, hostname }) => [server_id, hostname])), [data]);
  return useCallback((serverId) => names.get(serverId) ?? serverId.slice(0, 8), [names]);
}
