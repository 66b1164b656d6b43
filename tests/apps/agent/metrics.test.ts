import perfHooks from "node:perf_hooks";
import { Metrics } from "@homeslice/agent/metrics/metrics.ts";
import { expect, test, vi } from "vitest";

const HOUR_MS = 3_600_000;

test("nothing wakes an agent again and again only to measure it, and nothing is told that is not measured", async () => {
  const sampling = vi.spyOn(perfHooks, "monitorEventLoopDelay");
  const { registry } = new Metrics({
    serverId: () => undefined,
    connected: () => false,
    connections: () => 0,
    held: () => [],
    host: async () => ({ uptime_seconds: 1, load_average: [0, 0, 0], memory_usage_percent: 0, disk_usage_percent: 0 }),
    protections: () => [],
  });
  const resolutions = sampling.mock.calls.map(([options]) => options?.resolution ?? 0);
  expect(resolutions.filter((milliseconds) => milliseconds < HOUR_MS)).toEqual([]);
  const names = (await registry.getMetricsAsJSON()).map(({ name }) => name);
  expect(names.filter((name) => name.startsWith("nodejs_eventloop_lag"))).toEqual(["nodejs_eventloop_lag_seconds"]);
  expect(names).toContain("process_resident_memory_bytes");
});
