import { beforeAll, expect, it } from "vitest";
import { type Deployed, deploy } from "../components/deploy.ts";
import { dependenciesOf } from "../components/rendered.ts";
import { stackFile } from "../config/fixtures.ts";

let deployed: Deployed;
beforeAll(async () => {
  deployed = await deploy("prod", stackFile("prod"));
});

it.each([
  ["StatefulSet", "postgresql-statefulset", ["environment-platform", "environment-platform-default-deny"]],
  ["Job", "postgresql-orchestrator-job", ["postgresql-statefulset", "postgresql-service"]],
  ["Job", "orchestrator-migrate-job", ["postgresql-orchestrator-job"]],
  ["Deployment", "orchestrator-blue-deployment", ["orchestrator-migrate-job", "redis-statefulset", "redis-service"]],
  ["Deployment", "grafana-deployment", ["postgresql-grafana-job"]],
  ["DataSource", "grafana-datasource-postgresql", ["grafana-deployment", "postgresql-grafana-observer-job"]],
  ["DataSourceCheck", "grafana-check-loki", ["grafana-datasource-loki", "loki"]],
  ["Dashboard", "grafana-dashboard-platform", ["grafana-deployment", "grafana-service"]],
  [
    "DaemonSet",
    "agent-daemonset",
    ["orchestrator-blue-deployment", "orchestrator-service", "environment-agents-default-deny"],
  ],
])("%s %s waits until what it needs is ready", async (kind, name, needed) => {
  expect(await dependenciesOf(deployed.find(kind, name))).toEqual(expect.arrayContaining(needed));
});

it("opens the network before the pods that need it start", async () => {
  const before = await dependenciesOf(deployed.find("Deployment", "orchestrator-blue-deployment"));
  expect(before.filter((name) => /-(to|into)-/.test(name)).toSorted()).toEqual([
    "orchestrator-blue-into-postgresql",
    "orchestrator-blue-into-prometheus",
    "orchestrator-blue-into-redis",
    "orchestrator-blue-into-traefik",
    "orchestrator-blue-to-postgresql",
    "orchestrator-blue-to-prometheus",
    "orchestrator-blue-to-redis",
    "orchestrator-blue-to-traefik",
  ]);
});

it("waits for the instances of PostgreSQL, and opens their network first", async () => {
  const settings = { ...stackFile("prod"), "homeslice:postgresql": { highAvailability: true } };
  const { find } = await deploy("prod", settings);
  expect(await dependenciesOf(find("Job", "postgresql-orchestrator-job"))).toContain("postgresql-cluster");
  expect(await dependenciesOf(find("Cluster", "postgresql-cluster"))).toEqual([
    "environment-platform",
    "environment-platform-default-deny",
    "environment-platform-name-lookup",
    "postgresql-among-itself",
    "postgresql-operator-into-postgresql",
    "postgresql-to-outside-443",
    "postgresql-to-outside-6443",
  ]);
});
