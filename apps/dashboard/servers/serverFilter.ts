import { Environment, type Server, ServerState } from "@homeslice/protocol/servers.ts";
import { z } from "zod";

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
/** As many as are in sight, and some. */
const FIRST_ROWS = 30;

/** When the last sign of life of a server came. */
export const Seen = z.enum(["minutes", "hour", "day", "older"]);

const windows: Record<z.infer<typeof Seen>, (age: number) => boolean> = {
  minutes: (age) => age <= 5 * MINUTE_MS,
  hour: (age) => age <= 60 * MINUTE_MS,
  day: (age) => age <= DAY_MS,
  older: (age) => age > DAY_MS,
};

/** What the address of the table says; what it cannot mean is left out, never an error. */
export const ServerSearch = z.object({
  q: z.string().max(200).optional().catch(undefined),
  status: ServerState.optional().catch(undefined),
  environment: Environment.optional().catch(undefined),
  group: z.string().max(63).optional().catch(undefined),
  tag: z.string().max(63).optional().catch(undefined),
  seen: Seen.optional().catch(undefined),
  sort: z.enum(["hostname", "environment", "status", "last_seen"]).optional().catch(undefined),
  desc: z.boolean().optional().catch(undefined),
});
export type ServerSearch = z.infer<typeof ServerSearch>;

/** The servers that fit at a time, in the order that is asked for. */
export function filterServers(servers: readonly Server[], search: ServerSearch, now = Date.now()): Server[] {
  const fits = allOf(search, now);
  const fitting = servers.filter((server) => fits.every((fit) => fit(server)));
  const key = sortKeys[search.sort ?? "hostname"];
  const sign = search.desc ? -1 : 1;
  // Plain comparison of text prepared once: a collator would take most of the time that ten thousand rows may take.
  const keyed = fitting.map((server) => ({ server, key: key(server) }));
  keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : 0));
  return keyed.map(({ server }) => server);
}

/** What the API is asked for to begin with the same servers, as far as it knows what they are asked for by. */
export function listingOf(search: ServerSearch) {
  const { q, status, environment, group, tag, sort = "hostname", desc } = search;
  const [word] = (q ?? "").split(/\s+/).filter(Boolean);
  const by = sort === "status" ? "hostname" : sort;
  return {
    limit: FIRST_ROWS,
    sort: desc ? (`-${by}` as const) : by,
    ...(word !== undefined && { search: word }),
    ...(status !== undefined && { status }),
    ...(environment !== undefined && { environment }),
    ...(group !== undefined && { server_group: group }),
    ...(tag !== undefined && { tag }),
  };
}

/** One test for each thing that is asked for. */
function allOf({ q, status, environment, group, tag, seen }: ServerSearch, now: number) {
  const words = (q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const tests: ((server: Server) => boolean)[] = words.map((word) => (server) => searchText(server).includes(word));
  if (status !== undefined) tests.push((server) => server.status.current === status);
  if (environment !== undefined) tests.push((server) => server.environment === environment);
  if (group !== undefined) tests.push(({ server_group }) => server_group === group);
  if (tag !== undefined) tests.push(({ tags }) => tags.includes(tag));
  if (seen !== undefined) {
    tests.push(({ status: { last_heartbeat } }) => windows[seen](now - Date.parse(last_heartbeat ?? "1970-01-01")));
  }
  return tests;
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
