import { filterServers, listingOf, ServerSearch } from "@homeslice/dashboard/servers/serverFilter.ts";
import { withLive } from "@homeslice/dashboard/servers/withLive.ts";
import { describe, expect, test } from "vitest";
import { sampleServer } from "./sampleServer.ts";

const time = "2026-11-21T00:00:00.000Z";

const servers = [
  sampleServer("web-1", { environment: "prod", tags: ["nginx"], ip_address: "10.0.0.1" }),
  sampleServer("db-1", {
    environment: "prod",
    server_group: "Databases",
    status: { current: "busy", last_heartbeat: time },
  }),
  sampleServer("web-2"),
];
const names = (search: Parameters<typeof filterServers>[1]) =>
  filterServers(servers, search).map((one) => one.hostname);

describe("the servers of the table", () => {
  test.each([
    [{}, ["db-1", "web-1", "web-2"]],
    [{ q: "WEB" }, ["web-1", "web-2"]],
    [{ q: "web nginx" }, ["web-1"]],
    [{ q: "databases" }, ["db-1"]],
    [{ q: "10.0.0" }, ["web-1"]],
    [{ environment: "prod" as const }, ["db-1", "web-1"]],
    [{ status: "busy" as const }, ["db-1"]],
    [{ sort: "hostname" as const, desc: true }, ["web-2", "web-1", "db-1"]],
    [{ sort: "environment" as const }, ["web-2", "db-1", "web-1"]],
    [{ q: "(a+)+$" }, []],
  ])("fit %j", (search, expected) => expect(names(search)).toEqual(expected));

  test("U10: an address that means nothing shows them all", () => {
    const nonsense = { q: { a: 1 }, status: "__proto__", environment: "%00", sort: "__proto__", desc: "x", page: -1 };
    expect(ServerSearch.parse(nonsense)).toEqual({});
  });
});

test("the API is asked to begin with the same ones, as far as it can: by one word, and never in the order of states", () => {
  const { limit, ...everything } = listingOf({});
  expect(everything).toEqual({ sort: "hostname" });
  expect(limit).toBeLessThan(100);
  const search = { q: " web  nginx", status: "busy", group: "a", tag: "b", sort: "last_seen", desc: true } as const;
  const asked = { search: "web", status: "busy", server_group: "a", tag: "b", sort: "-last_seen" };
  expect(listingOf(search)).toMatchObject(asked);
  expect(listingOf({ sort: "status" }).sort).toBe("hostname");
});

test("groups, tags and the last sign of life are compared exactly, and never is longer ago than anything", () => {
  const at = (minutes: number) => ({
    current: "idle",
    last_heartbeat: new Date(Date.parse(time) - minutes * 60_000).toISOString(),
  });
  const held = [
    sampleServer("a", { server_group: "web", tags: ["nginx", "edge"], status: at(2) }),
    sampleServer("b", { server_group: "webs", tags: ["nginx2"], status: at(50) }),
    sampleServer("c", { server_group: "web", status: at(2_000) }),
    sampleServer("d"),
  ];
  const shown = (search: ServerSearch) =>
    filterServers(held, search, Date.parse(time))
      .map(({ hostname }) => hostname)
      .join("");
  expect(shown({ group: "web" })).toBe("ac");
  expect(shown({ tag: "nginx" })).toBe("a");
  expect(shown({ seen: "minutes" })).toBe("a");
  expect(shown({ seen: "hour" })).toBe("ab");
  expect(shown({ seen: "older" })).toBe("cd");
});

test("live changes reach the servers that are held, and say when there is more to ask for", () => {
  const [one, two] = [sampleServer("one"), sampleServer("two")];
  const live = {
    server_id: one.server_id,
    version: 1,
    status: { ...one.status, current: "busy" as const },
    breaker: one.breaker,
  };
  const changed = withLive([one, two], { servers: [live], gone: [] });
  expect(changed.complete).toBe(true);
  expect(changed.servers.map(({ hostname, status }) => `${hostname} ${status.current}`)).toEqual([
    "one busy",
    "two idle",
  ]);
  expect(changed.servers[1]).toBe(two);
  expect(withLive([one, two], { servers: [], gone: [two.server_id] }).servers).toEqual([one]);
  expect(withLive([one], { servers: [{ ...live, version: 2 }], gone: [] }).complete).toBe(false);
  expect(withLive([two], { servers: [live], gone: [] }).complete).toBe(false);
});
