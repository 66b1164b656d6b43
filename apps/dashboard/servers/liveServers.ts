import { type FollowServersMessage, LiveServersMessage } from "@homeslice/protocol/live.ts";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { serverQuery, serversQuery } from "../api/queries.ts";
import { followLive } from "../live/liveSocket.ts";
import { useLiveSession } from "../session/useLiveSession.ts";
import { withLive } from "./withLive.ts";

const hello: FollowServersMessage = { type: "follow" };

/**
 * Keeps the servers that are held as they are now, as long as a page shows any.
 *
 * @param held whether they are: the live view begins with every server, and what nobody holds would be told in vain
 */
export function useLiveServers(held: boolean): void {
  const queryClient = useQueryClient();
  const { knownAt, onLoggedOut } = useLiveSession();
  useEffect(() => {
    if (!held || knownAt === undefined) return;
    const take = (data: unknown) => {
      const message = LiveServersMessage.parse(data);
      const all = queryClient.getQueryData(serversQuery.queryKey);
      if (all !== undefined) {
        const { servers, complete } = withLive(all, message);
        queryClient.setQueryData(serversQuery.queryKey, servers);
        if (!complete) void queryClient.invalidateQueries({ queryKey: serversQuery.queryKey, exact: true });
      }
      for (const live of message.servers) {
        queryClient.setQueryData(serverQuery(live.server_id).queryKey, (server) => server && { ...server, ...live });
      }
    };
    return followLive({ path: "/ws/servers/status", hello, onMessage: take, onLoggedOut });
  }, [queryClient, held, knownAt, onLoggedOut]);
}
