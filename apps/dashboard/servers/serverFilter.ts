import { Environment, type Server, ServerState } from "@homeslice/protocol/servers.ts";
import { z } from "zod";

/** What the address of the table says; what it cannot mean is left out, never an error. */
export const ServerSearch = z.object({
  q: z.string().max(200).optional().catch(undefined),
  status: ServerState.optional().catch(undefined),
  environment: Environment.optional().catch(undefined),
  sort: z.enum(["hostname", "environment", "status", "last_seen"]).optional().catch(undefined),
  desc: z.boolean().optional().catch(undefined),
});
export type ServerSearch = z.infer<typeof ServerSearch>;

/** The servers that fit, in the order that is asked for. */
export function filterServers(servers: readonly Server[], search: ServerSearch): Server[] {
  const words = (search.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = servers.filter(
    (server) =>
      (search.status === undefined || server.status.current === search.status) &&
      (search.environment === undefined || server.environment === search.environment) &&
      words.every((word) => searchText(server).includes(word)),
  );
  const key = sortKeys[search.sort ?? "hostname"];
  const sign = search.desc ? -1 : 1;
  // Plain comparison of text prepared once: a collator would take most of the time that ten thousand rows may take.
  const keyed = fitting.map((server) => ({ server, key: key(server) }));
  keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : 0));
  return keyed.map(({ server }) => server);
}

const sortKeys: Record<NonNullable<ServerSearch["sort"]>, (server: Server) => string> = {
  hostname: ({ hostname }) => hostname.toLowerCase(),
  environment: ({ environment, hostname }) => `${environment} ${hostname}`,
  status: ({ status, hostname }) => `${status.current} ${hostname}`,
  last_seen: ({ status }) => status.last_heartbeat ?? "",
};

const texts = new WeakMap<Server, string>();

function searchText(server: Server): string {
  const known = texts.get(server);
  if (known !== undefined) return known;
  const parts = [server.hostname, server.ip_address ?? "", server.server_group ?? "", ...server.tags];
  const text = parts.join(" ").toLowerCase();
  texts.set(server, text);
  return text;
}
