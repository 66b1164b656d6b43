import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { before, GIB, measuredPlatform, nextNight, night, until } from "../../support/measuredPlatform.ts";
import { programs, startPrometheus } from "../../support/prometheus.ts";
import { Installation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

let installation: Installation;
beforeAll(async () => {
  installation = await Installation.create();
});
afterAll(async () => await installation.destroy());

const healthAt = async (prometheusUrl: URL | undefined) => {
  installation.with = { prometheusUrl };
  const { url } = await installation.start();
  return await (await installation.client(url, "viewer")).call("getPlatform");
};

const isMissing = Object.values(programs).some((program) => "missing" in program);

describe.skipIf(isMissing)("with a real Prometheus", () => {
  let prometheus: Awaited<ReturnType<typeof startPrometheus>>;
  beforeAll(async () => {
    prometheus = await startPrometheus(measuredPlatform);
  });
  afterAll(async () => await prometheus?.stop());

  test("the platform is as it is measured, with what will be left if it goes on like this", async () => {
    const health = await healthAt(prometheus.url);
    expect(health).toMatchObject({
      prometheus: "ok",
      services: [{ name: "grafana", up: 1, total: 2 }],
      addresses: [{ service: "grafana", ok: true, seconds: 0.25, certificate_until: until }],
      backups: [
        { name: "backup-authentik", state: "ok", last_scheduled: night, next: nextNight },
        { name: "backup-orchestrator", state: "failed", last_success: before },
      ],
      drills: [
        { name: "backup-authentik-drill", state: "ok", last_failure: null, seconds: 100, next: nextNight },
        { name: "backup-orchestrator-drill", state: "failed", last_failure: night, seconds: null },
        { name: "backup-wiki-drill", state: "never", last_success: null, next: null },
      ],
      alerts: [{ name: "InstanceDown", severity: "critical", subject: "10.0.0.2:3000" }],
    });
    const room = health.capacity.map((one) => ({
      name: one.name,
      free: Math.round(one.free_bytes / GIB),
      week: Math.round((one.free_in_week_bytes ?? Number.NaN) / GIB),
      month: Math.round((one.free_in_month_bytes ?? Number.NaN) / GIB),
    }));
    expect(room).toEqual([
      { name: "/", free: 10, week: 3, month: 0 },
      { name: "", free: 4, week: 4, month: 4 },
      { name: "/archive", free: 60, week: 60, month: 60 },
    ]);
  });
});

describe.skipIf(isMissing)("measurements of a server", () => {
  test("are those of its agent, whichever instance it was, over the time that is asked for", async () => {
    installation.with = { prometheusUrl: undefined };
    const { url } = await installation.start();
    const client = await installation.client(url);
    const params = {
      server_id: (await client.call("registerServer", { body: { hostname: "measured" } })).server.server_id,
    };
    expect(await client.call("getServerMetrics", { params })).toMatchObject({ prometheus: "none", load: [] });
    const measured = {
      [`homeslice_agent_info{job="agent",instance="a",server_id="${params.server_id}"}`]: 1,
      'homeslice_agent_info{job="agent",instance="b",server_id="another"}': 1,
      'homeslice_host_cpu_usage_percent{job="agent",instance="a"}': (passed: number) => passed / 864,
      'homeslice_host_cpu_usage_percent{job="agent",instance="b"}': 99,
    };
    const prometheus = await startPrometheus(measured);
    try {
      installation.with = { prometheusUrl: prometheus.url };
      const { url: other } = await installation.start();
      const asked = await installation.client(other, "viewer");
      const day = await asked.call("getServerMetrics", { params });
      expect(day).toMatchObject({ prometheus: "ok", step_seconds: 360, load: [] });
      expect(day.cpu_usage_percent.length).toBeGreaterThan(200);
      const values = day.cpu_usage_percent.map(([, value]) => value);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
      expect(values.at(-1)).toBeCloseTo(100, 0);
      const hour = await asked.call("getServerMetrics", { params, query: { hours: "1" } });
      expect(hour.cpu_usage_percent[0]?.[1]).toBeCloseTo(96, 0);
    } finally {
      await prometheus.stop();
    }
  });
});

test("drift of stacks is kept as it was reported, 30 looks at each, and told in the audit log", async () => {
  installation.with = { prometheusUrl: undefined };
  const { url } = await installation.start();
  const [client, viewer] = [await installation.client(url, "operator"), await installation.client(url, "viewer")];
  const resources = [{ resource: "Deployment grafana", change: "differs" as const, properties: ["spec.replicas"] }];
  await client.call("reportDrift", { body: { stack: "dev", resources: [], checked: 7, complete: false, seconds: 2 } });
  for (let look = 1; look <= 32; look++) {
    await client.call("reportDrift", { body: { stack: "prod", resources, checked: look, seconds: 1.5 } });
  }
  const newest = await viewer.call("listDriftChecks", { query: { newest: "true" } });
  expect(newest.items).toMatchObject([
    { stack: "prod", resources, checked: 32, complete: true, seconds: 1.5 },
    { stack: "dev", resources: [], checked: 7, complete: false },
  ]);
  const kept = await viewer.call("listDriftChecks", { query: { stack: "prod", sort: "created" } });
  expect(kept.items.map(({ checked }) => checked)).toEqual(Array.from({ length: 30 }, (_, index) => index + 3));
  const audit = await (await installation.client(url)).call("listAudit", { query: { event_type: "drift.reported" } });
  expect(audit.items[0]).toMatchObject({ resource: { name: "prod" }, details: { drifted: 1 } });
});

const nothing = { services: [], addresses: [], backups: [], drills: [], capacity: [], alerts: [] };

test("without a Prometheus, it says so", async () => {
  expect(await healthAt(undefined)).toEqual({ prometheus: "none", ...nothing });
});

test("F35: with a Prometheus that is gone, it says so of the platform and of a server, whose work goes on", async () => {
  installation.with = { prometheusUrl: new URL("http://127.0.0.1:9/") };
  const { url } = await installation.start();
  const client = await installation.client(url);
  const { enrolment_token } = await client.call("registerServer", { body: { hostname: "unmeasured" } });
  const agent = await TestAgent.enrol(url, enrolment_token);
  const link = await agent.connect(url);
  await link.receive("welcome");
  expect(await client.call("getPlatform")).toEqual({ prometheus: "unreachable", ...nothing });
  const params = { server_id: agent.serverId };
  expect(await client.call("getServerMetrics", { params })).toMatchObject({ prometheus: "unreachable", load: [] });
  const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
  const { execution_id } = await client.call("startServerExecution", { params, body: { operation } });
  link.finish(await link.job(), 0, 0);
  await link.receive("settled");
  const { status } = await client.call("getExecution", { params: { execution_id } });
  expect(status.overall).toBe("succeeded");
});
