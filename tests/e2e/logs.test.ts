import { collectorConfig } from "@homeslice/components/collector/config.ts";
import { dashboards } from "@homeslice/components/grafana/dashboards/index.ts";
import { DATASOURCES } from "@homeslice/components/grafana/datasources.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Deployed, deploy } from "../components/deploy.ts";
import { dataOf } from "../components/rendered.ts";
import { ensureJudges } from "../manifests/build.ts";
import { answerOf } from "../manifests/judges.ts";
import { ensureLoki } from "../observability/build.ts";
import { LokiServer } from "../observability/lokiServer.ts";
import { silentProgress } from "../testbed/progress.ts";
import { cache } from "./clusterSupport.ts";

const Panel = z.object({
  datasource: z.object({ uid: z.string() }),
  targets: z.array(z.object({ expr: z.string() })),
});
const panels = Object.values(dashboards).flatMap((built) => z.object({ panels: z.array(Panel) }).parse(built).panels);
const built = AbortSignal.timeout(600_000);
let deployed: Deployed;

beforeAll(async () => {
  deployed = await deploy("dev", { "homeslice:domain": "home.example.org", "homeslice:loki": { retentionDays: 9 } });
});

describe("a real Loki with the configuration of a stack", () => {
  let loki: LokiServer;
  beforeAll(async () => {
    const configuration = dataOf(deployed.find("ConfigMap", "loki-config"))["loki.yaml"] ?? "";
    loki = await LokiServer.start(await ensureLoki(cache, silentProgress, built), configuration, "/loki");
  });
  afterAll(() => loki.stop());

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
