import { metricsOf, sharesOf, troubledServers } from "@homeslice/dashboard/platform/overview.ts";
import { describe, expect, test } from "vitest";
import { sampleServer } from "./sampleServer.ts";

describe("the overview of the platform", () => {
  const breaker = { state: "closed", mode: "auto", failures: 0, retry_at: null };
  const servers = [
    sampleServer("a", { breaker: { ...breaker, state: "open" } }),
    sampleServer("b", { breaker: { ...breaker, mode: "open" } }),
    sampleServer("c"),
  ];

  test("counts servers by what they have in common, the most first", () => {
    const names = (name: string) => (name === "a" ? "1.0" : "1.1");
    expect(sharesOf(servers, ({ hostname }) => names(hostname))).toEqual([
      { name: "1.1", count: 2 },
      { name: "1.0", count: 1 },
    ]);
  });

  test("names the servers whose breaker is not simply closed", () => {
    expect(troubledServers(servers).map(({ hostname }) => hostname)).toEqual(["a", "b"]);
  });

  test("reads what the orchestrator measures, and passes over what it does not know", () => {
    const text = '# HELP a b\na 1\nwork{state="queued"} 3\nbad NaN\nbroken\n';
    expect([...metricsOf(text)]).toEqual([
      ["a", 1],
      ['work{state="queued"}', 3],
    ]);
  });
});
