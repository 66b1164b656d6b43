import { AgentStatus, agentOpenApi, Health, HeldJobs } from "@homeslice/agent/http/catalogue.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Bench, eventually } from "./harness.ts";

let bench: Bench;
let base: string;
beforeEach(async () => {
  bench = await Bench.open();
  base = `http://127.0.0.1:${(await bench.agent()).port}`;
});
afterEach(async () => {
  await bench.close();
});

const get = async (path: string) => await (await fetch(base + path)).json();

it("tells how the agent and its host are", async () => {
  const first = Health.parse(await get("/healthz"));
  expect(first).toMatchObject({ status: "ok", connected: true });
  expect(first.system.memory_usage_percent).toBeGreaterThan(0);
  expect(AgentStatus.parse(await get("/api/v1/status"))).toMatchObject({ hostname: "bench", max_concurrent_jobs: 4 });
});

it("tells what the agent works on", async () => {
  const job = bench.peer.job(["sleep", "30"]);
  bench.peer.run(job);
  await eventually(() => bench.peer.of("started", job).length > 0);
  const held = HeldJobs.parse(await get("/api/v1/jobs"));
  expect(held.items).toEqual([{ execution_id: job.execution_id, fence: 1, state: "running" }]);
});

it("describes itself, and every path that it describes answers", async () => {
  const described = JSON.parse(JSON.stringify(agentOpenApi("1"))).paths;
  expect(await get("/openapi.json")).toMatchObject({ openapi: "3.1.0", paths: described });
  for (const path of Object.keys(described)) expect((await fetch(base + path)).status, path).toBe(200);
  expect((await fetch(`${base}/elsewhere`)).status).toBe(404);
  expect((await fetch(`${base}/healthz`, { method: "POST" })).status).toBe(405);
});

it("measures the host and names the protections in force for Prometheus", async () => {
  const text = await (await fetch(`${base}/metrics`)).text();
  expect(text).toMatch(/^homeslice_host_cpu_usage_percent \d/m);
  expect(text).toMatch(/^homeslice_host_disk_write_bytes_per_second \d/m);
  expect(text).toMatch(/^homeslice_agent_info\{server_id="[0-9a-f-]{36}"\} 1$/m);
  expect(text).toMatch(/^homeslice_agent_protection\{protection="rlimits"\} 1$/m);
});
