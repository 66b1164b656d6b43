import { Metrics as AgentMetrics } from "@homeslice/agent/metrics/metrics.ts";
import type { Catalogue } from "@homeslice/components";
import { dashboards } from "@homeslice/components/grafana/dashboards/index.ts";
import { DATASOURCES } from "@homeslice/components/grafana/datasources.ts";
import { alertGroups } from "@homeslice/components/prometheus/rules/index.ts";
import { banFiles } from "@homeslice/components/traefik/ban.ts";
import { Metrics as OrchestratorMetrics } from "@homeslice/orchestrator/metrics.ts";
import { catalogue } from "@homeslice/stacks/catalogue.ts";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { debianProgram } from "../support/debian.ts";
import { verdictOf } from "./promtool.ts";

const Panel = z.object({
  title: z.string(),
  datasource: z.object({ uid: z.enum(Object.values(DATASOURCES)) }),
  targets: z.array(z.object({ expr: z.string() })).min(1),
});
const Dashboard = z.object({ uid: z.string().regex(/^homeslice-/), title: z.string(), panels: z.array(Panel).min(5) });

const shown = Object.entries(dashboards).map(([file, built]) => ({ file, ...Dashboard.parse(built) }));
const inDashboards = shown.flatMap(({ title, panels }) =>
  panels
    .filter(({ datasource }) => datasource.uid === DATASOURCES.prometheus)
    .flatMap((panel) => panel.targets.map(({ expr }) => ({ where: `${title}: ${panel.title}`, expr }))),
);
const inRules = alertGroups([]).flatMap(({ alerts }) => alerts.map(({ name, expr }) => ({ where: name, expr })));
const inTiles = Object.entries<Catalogue[string]>(catalogue).flatMap(([where, { web, status }]) =>
  [web?.tile, status?.tile].flatMap((tile) => tile?.numbers?.map(({ query }) => ({ where, expr: query })) ?? []),
);
const queries = [...inDashboards, ...inRules, ...inTiles].filter(({ expr }) => expr !== "");
const promtool = debianProgram("promtool", "prometheus");

describe("the dashboards", () => {
  it("have names and addresses of their own", () => {
    expect(new Set(shown.map(({ uid }) => uid)).size).toBe(shown.length);
    expect(new Set(shown.map(({ title }) => title)).size).toBe(shown.length);
  });

  it.skipIf("missing" in promtool)("and rules and tiles ask in PromQL that Prometheus understands", async () => {
    const rules = queries.map(({ expr }, index) => ({ record: `query:number:${index}`, expr }));
    const file = JSON.stringify({ groups: [{ name: "queries", rules }] });
    const program = "path" in promtool ? promtool.path : "";
    const { passed, output } = await verdictOf(program, ["check", "rules", "queries.yml"], { "queries.yml": file });
    expect(passed, output).toBe(true);
    expect(queries.length).toBeGreaterThan(70);
  });
});

describe("what programs of ours measure", () => {
  const agent = new AgentMetrics({
    serverId: () => "00000000-0000-7000-8000-000000000000",
    connected: () => true,
    connections: () => 1,
    held: () => [],
    protections: () => [],
    host: () =>
      Promise.resolve({
        uptime_seconds: 1,
        load_average: [0, 0, 0],
        memory_usage_percent: 1,
        disk_usage_percent: 1,
      }),
  });

  it("is what dashboards, rules and tiles ask for by name", async () => {
    const page = `${await new OrchestratorMetrics().registry.metrics()}\n${await agent.registry.metrics()}`;
    const families = [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = "", type]) =>
      type === "histogram" ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
    );
    const plugin = Object.values(banFiles()).join("\n");
    families.push(...[...plugin.matchAll(/measurement\("(\w+)"/g)].map(([, name = ""]) => name));
    const asked = queries.flatMap(({ where, expr }) =>
      [...expr.matchAll(/\b(?:homeslice|process|nodejs)_\w+/g)].map(([name]) => ({ where, name })),
    );
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter(({ name }) => !families.includes(name))).toEqual([]);
  });
});
