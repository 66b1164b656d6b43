import { filterServers, ServerSearch } from "@homeslice/dashboard/servers/serverFilter.ts";
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

  test("an address that means nothing shows them all", () => {
    const nonsense = { q: { a: 1 }, status: "__proto__", environment: "%00", sort: "__proto__", desc: "x", page: -1 };
    expect(ServerSearch.parse(nonsense)).toEqual({});
  });
});
