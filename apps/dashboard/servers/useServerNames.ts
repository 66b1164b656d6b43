import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { namedServersQuery, serversQuery } from "../api/queries.ts";

/** As many as the API is asked for by their ids; of more, all servers are asked for. */
const MOST_BY_ID = 100;

/**
 * What servers are called; the id where one is gone.
 *
 * @param serverIds those that will be asked for: each once
 */
export function useServerNames(serverIds: readonly string[]): (serverId: string) => string {
  const few = serverIds.length <= MOST_BY_ID;
  const all = useQuery({ ...serversQuery, refetchInterval: false, staleTime: 60_000, enabled: !few });
  const some = useQuery({
    ...namedServersQuery(few ? serverIds : []),
    enabled: few && serverIds.length > 0 && all.data === undefined,
  });
  const servers = all.data ?? some.data;
  const names = useMemo(() => new Map(servers?.map(({ server_id, hostname }) => [server_id, hostname])), [servers]);
  return useCallback((serverId) => names.get(serverId) ?? serverId, [names]);
}
