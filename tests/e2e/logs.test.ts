import { once } from "node:events";
import { createServer } from "node:http";
import { collectorConfig } from "@homeslice/components/collector/config.ts";
import { dashboards } from "@homeslice/components/grafana/dashboards/index.ts";
import { DATASOURCES } from "@homeslice/components/grafana/datasources.ts";
import { logAlerts } from "@homeslice/components/loki/alerts.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Deployed, deploy } from "../components/deploy.ts";
import { dataOf } from "../components/rendered.ts";
import { ensureJudges } from "../manifests/build.ts";
import { answerOf } from "../manifests/judges.ts";
import { ensureLoki } from "../observability/build.ts";
import { LokiServer } from "../observability/lokiServer.ts";
import { eventually } from "../support/eventually.ts";
import { silentProgress } from "../testbed/progress.ts";
import { cache } from "./clusterSupport.ts";

const Panel = z.object({
  datasource: z.object({ uid: z.string() }),
  targets: z.array(z.object({ expr: z.string() })),
});
const panels = Object.values(dashboards).flatMap((built) => z.object({ panels: z.array(Panel) }).parse(built).panels);
const Alerts = z.array(z.object({ labels: z.object({ alertname: z.string() }) }));

/** A line that somebody has to be told of when it comes too often. */
interface LogCase {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly line: string;
  readonly pod: string;
  /** How often it may come. */
  readonly silent: number;
  /** How often it comes besides when it is too often. */
  readonly fires: number;
}

const server = { namespace: "homeslice-dev", container: "server" };
const logCases: readonly LogCase[] = [
  {
    alert: "LoginsFail",
    labels: server,
    line: '{"action":"login_failed","client_ip":"192.0.2.7","event":"Created event","level":"info"}',
    pod: "authentik-1",
    silent: 20,
    fires: 1,
  },
  {
    alert: "UnusualAccess",
    labels: server,
    line: '{"action":"impersonation_started","event":"Created event","level":"info"}',
    pod: "authentik-1",
    silent: 0,
    fires: 1,
  },
  {
    alert: "AddressProbes",
    labels: { namespace: "homeslice-dev-edge", container: "server" },
    line: '{"ClientHost":"192.0.2.7","DownstreamStatus":404,"level":"info"}',
    pod: "traefik-1",
    silent: 100,
    fires: 1,
  },
  {
    alert: "DatabaseLoginsFail",
    labels: server,
    line: 'FATAL:  password authentication failed for user "grafana"',
    pod: "postgresql-0",
    silent: 3,
    fires: 1,
  },
  {
    alert: "ErrorsLogged",
    labels: { ...server, level: "error" },
    line: '{"level":"error","msg":"again"}',
    pod: "grafana-1",
    silent: 98,
    fires: 3,
  },
];

function ruleOf(alert: string): string {
  const found = logAlerts.flatMap(({ alerts }) => alerts).find(({ name }) => name === alert);
  if (!found) throw new Error(`there is no rule ${alert}`);
  return found.expr;
}

const built = AbortSignal.timeout(600_000);
let deployed: Deployed;

beforeAll(async () => {
  deployed = await deploy("dev", { "homeslice:domain": "home.example.org", "homeslice:loki": { retentionDays: 9 } });
});

describe("a real Loki with the configuration of a stack", () => {
  let loki: LokiServer;
  const alertmanager = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      for (const { labels } of Alerts.parse(JSON.parse(body))) told.add(labels.alertname);
      response.end();
    });
  });
  const told = new Set<string>();
  beforeAll(async () => {
    const file = (name: string, key: string) => dataOf(deployed.find("ConfigMap", name))[key] ?? "";
    await once(alertmanager.listen(0, "127.0.0.1"), "listening");
    const { port } = z.object({ port: z.number() }).parse(alertmanager.address());
    loki = await LokiServer.start(await ensureLoki(cache, silentProgress, built), {
      configuration: file("loki-config", "loki.yaml"),
      data: "/loki",
      rules: { directory: "/etc/loki-rules", content: file("loki-rules", "rules.yaml") },
      alertmanager: `http://127.0.0.1:${port}`,
    });
  });
  afterAll(async () => {
    await loki.stop();
    alertmanager.closeAllConnections();
    alertmanager.close();
  });

  /** Hands over a line so many times, each at a moment of its own: what is the same twice, Loki keeps once. */
  async function pushTimes(times: number, { labels, line, pod }: LogCase): Promise<void> {
    const now = Date.now();
    for (let number = 0; number < times; number += 1) {
      expect(await loki.push(labels, line, { pod }, new Date(now - number))).toBe(204);
    }
  }

  test("alerts nobody of what happens now and then", async () => {
    for (const each of logCases) await pushTimes(each.silent, each);
    for (const { alert } of logCases) expect(await loki.count(ruleOf(alert)), alert).toBe(0);
  });

  test("tells Alertmanager of each thing that happens too often, by rules that all work", async () => {
    for (const each of logCases) await pushTimes(each.fires, each);
    const expected = logCases.map(({ alert }) => alert).toSorted();
    await eventually(() => expected.every((alert) => told.has(alert)), "Alertmanager is told of all", 60_000);
    const rules = await loki.rules();
    expect(rules.map(({ name }) => name).toSorted()).toEqual(expected);
    expect(rules.filter(({ health }) => health !== "ok")).toEqual([]);
  });

  test("measures what its dashboard asks for", async () => {
    const asked = JSON.stringify(dashboards["logs"]).match(/\bloki_(?!write|source|discarded)\w+/g) ?? [];
    expect(asked.length).toBeGreaterThan(4);
    const measured = await loki.metrics();
    expect(asked.filter((name) => name.startsWith("loki_api") === false && !measured.includes(name))).toEqual([]);
  });

  test("takes a line and gives it back at once, with what the collector knows of it", async () => {
    const labels = { namespace: "homeslice-dev", container: "server", level: "error" };
    expect(await loki.push(labels, '{"level":"error","msg":"hello"}', { pod: "grafana-1" }, new Date())).toBe(204);
    const [line] = await loki.lines('{namespace="homeslice-dev"} | pod="grafana-1" | json | msg="hello"');
    expect(line?.text).toBe('{"level":"error","msg":"hello"}');
    expect(line?.labels).toMatchObject({ ...labels, pod: "grafana-1" });
  });

  test("understands every query of the dashboards, and refuses one that nobody could", async () => {
    const queries = panels
      .filter(({ datasource }) => datasource.uid === DATASOURCES.loki)
      .flatMap(({ targets }) => targets);
    expect(queries.length).toBeGreaterThan(3);
    const refusals = await Promise.all(queries.map(({ expr }) => loki.refusal(expr)));
    expect(refusals.filter((refusal) => refusal !== "")).toEqual([]);
    expect(await loki.refusal('{namespace="a"} |= ')).toMatch(/parse error/);
  });

  test("cuts a line that is too long instead of losing it", async () => {
    expect(await loki.push({ container: "long" }, "x".repeat(300_000), {}, new Date())).toBe(204);
    const [line] = await loki.lines('{container="long"}');
    expect(line?.text).toMatch(/^x{200000}/);
    expect(line?.text.length).toBeLessThan(300_000);
  });

  test("refuses what is older than a collector may have missed", async () => {
    const old = new Date(Date.now() - 8 * 24 * 3600 * 1000);
    expect(await loki.push({ container: "old" }, "too late", {}, old)).toBe(400);
  });

  test("keeps logs as long as the configuration says, and deletes them then", async () => {
    expect(await loki.configuration()).toMatchObject({
      limits_config: { retention_period: "9d" },
      compactor: { retention_enabled: true, delete_request_store: "filesystem" },
      schema_config: { configs: [{ store: "tsdb", object_store: "filesystem", schema: "v13" }] },
    });
  });
});

describe("the configuration of the collector", () => {
  const check = async (text: string) => answerOf((await ensureJudges(cache, silentProgress, built)).collector, text);
  const text = () => dataOf(deployed.find("ConfigMap", "collector-config"))["config.alloy"] ?? "";

  test("is what the parser of Grafana Alloy takes, with every component that another one names", async () => {
    expect(text()).toBe(collectorConfig("/var/log/pods", "http://loki.homeslice-dev.svc:3100"));
    expect(await check(text())).toBe("4\n");
  });

  test("is refused with a mistake in it", async () => {
    await expect(check(text().replace("stage.cri { }", "stage.cri {"))).rejects.toThrow(/config\.alloy:\d+/);
    await expect(check(text().replace("loki.process.pods.receiver", "loki.process.pod.receiver"))).rejects.toThrow(
      "nothing is called loki.process.pod.receiver",
    );
  });
});
