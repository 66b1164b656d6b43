import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Deployed, deploy } from "../components/deploy.ts";
import { metadataOf, type RenderedWorkload, workloadsOf } from "../components/rendered.ts";

const services = ["authentik", "grafana", "homepage", "orchestrator", "traefik"] as const;
const deployments = ["authentik", "authentik-worker", "grafana", "homepage", "orchestrator-blue", "traefik"];

const settings = (replicas: number) => ({
  "homeslice:domain": "home.example.org",
  ...Object.fromEntries(services.map((service) => [`homeslice:${service}`, { replicas }])),
});

const labels = z.record(z.string(), z.string());
const selector = z.strictObject({ matchLabels: labels });
const spreadSchema = z.object({
  spec: z.object({
    strategy: z.object({ rollingUpdate: z.object({ maxUnavailable: z.number(), maxSurge: z.number() }) }),
    template: z.object({
      spec: z.object({
        affinity: z.object({ podAntiAffinity: z.record(z.string(), z.unknown()) }),
        topologySpreadConstraints: z.tuple([
          z.object({
            maxSkew: z.number(),
            topologyKey: z.string(),
            whenUnsatisfiable: z.string(),
            labelSelector: selector,
          }),
        ]),
      }),
    }),
  }),
});
const budgetSchema = z.object({ spec: z.strictObject({ maxUnavailable: z.literal(1), selector }) });

function selects(wanted: Readonly<Record<string, string>>, { podLabels }: RenderedWorkload): boolean {
  return Object.entries(wanted).every(([key, value]) => podLabels[key] === value);
}

describe.each([1, 2, 3])("with replicas set to %i", (replicas) => {
  let deployed: Deployed;
  let workloads: readonly RenderedWorkload[];
  beforeAll(async () => {
    deployed = await deploy("prod", settings(replicas));
    workloads = workloadsOf(deployed.resources);
  });
  const scaled = () => workloads.filter(({ kind, name }) => kind === "Deployment" && deployments.includes(name));
  const budgets = () =>
    deployed.resources
      .filter(({ kind }) => kind === "PodDisruptionBudget")
      .map((budget) => ({ ...metadataOf(budget), ...budgetSchema.parse(budget.inputs).spec }));
  const chosenBy = (budget: ReturnType<typeof budgets>[number]) =>
    workloads.filter(
      (workload) => workload.namespace === budget.namespace && selects(budget.selector.matchLabels, workload),
    );

  it("each service has as many instances", () => {
    expect(Object.fromEntries(scaled().map(({ name, replicas: instances }) => [name, instances]))).toEqual(
      Object.fromEntries(deployments.map((name) => [name, replicas])),
    );
  });

  it("instances spread over the nodes, each service for itself, and start on fewer nodes all the same", () => {
    for (const workload of scaled()) {
      const { affinity, topologySpreadConstraints } = spreadSchema.parse(workload.resource.inputs).spec.template.spec;
      const [{ labelSelector, ...constraint }] = topologySpreadConstraints;
      expect(constraint).toEqual({
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
      });
      const counted = workloads.filter((other) => selects(labelSelector.matchLabels, other));
      expect(counted.map(({ name }) => name)).toEqual([workload.name]);
      expect(Object.keys(affinity.podAntiAffinity)).toEqual(["preferredDuringSchedulingIgnoredDuringExecution"]);
    }
  });

  it("a budget stands above one instance alone, lets one go at any time, and shares its pods with no other", () => {
    const covered = budgets().flatMap((budget) => chosenBy(budget).map(({ name }) => name));
    expect(covered.toSorted()).toEqual(replicas > 1 ? deployments : []);
  });

  it("a new version serves before an old instance goes", () => {
    for (const { resource } of scaled()) {
      expect(spreadSchema.parse(resource.inputs).spec.strategy.rollingUpdate).toEqual({
        maxUnavailable: 0,
        maxSurge: 1,
      });
    }
  });
});

describe("a release of the orchestrator", () => {
  const release = { active: "green", number: 1, blue: "example.org/a:1", green: "example.org/a:2" };

  it("has a budget for the colour that serves, and none for the one without instances", async () => {
    const { resources } = await deploy("prod", {
      ...settings(2),
      "homeslice:orchestrator": { replicas: 2, release },
    });
    const budgets = resources.filter(({ kind }) => kind === "PodDisruptionBudget").map((each) => metadataOf(each).name);
    expect(budgets.filter((name) => name.startsWith("orchestrator"))).toEqual(["orchestrator-green"]);
  });
});
