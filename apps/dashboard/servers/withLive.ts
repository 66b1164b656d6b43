import type { LiveServersMessage } from "@homeslice/protocol/live.ts";
import type { Server } from "@homeslice/protocol/servers.ts";

/**
 * The servers with what has changed of them.
 *
 * @returns also whether that is all: a server that is new, or that people have changed, has to be asked for
 */
export function withLive(
  held: readonly Server[],
  { servers: changed, gone }: Pick<LiveServersMessage, "servers" | "gone">,
): { servers: Server[]; complete: boolean } {
  const changes = new Map(changed.map((live) => [live.server_id, live]));
  const left = new Set(gone);
  let complete = true;
  const servers = held
    .filter(({ server_id }) => !left.has(server_id))
    .map((server) => {
      const live = changes.get(server.server_id);
      if (live === undefined) return server;
      changes.delete(server.server_id);
      if (live.version !== server.version) complete = false;
      return { ...server, status: live.status, breaker: live.breaker };
    });
  return { servers, complete: complete && changes.size === 0 };
}
