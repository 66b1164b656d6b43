import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Deployed, deploy } from "./deploy.ts";
import { metadataOf, rendered, secretValue } from "./rendered.ts";

const settings = {
  "homeslice:domain": "home.example.org",
  "homeslice:cluster": { storageClass: "fast-ssd" },
  "homeslice:postgresql": {
    highAvailability: true,
    size: "50Gi",
    settings: { statement_timeout: "60s", jit: false },
    instances: 5,
    synchronous: { number: 2 },
  },
};
const Spec = z.object({ spec: z.looseObject({}) }).transform(({ spec }) => spec);

let deployed: Deployed;
beforeAll(async () => {
  deployed = await deploy("prod", settings);
});

const cluster = () => deployed.find("Cluster", "postgresql-cluster");
const variablesOf = (kind: string, name: string) =>
  Object.fromEntries(
    rendered(deployed.find(kind, name)).containers.flatMap(({ env }) => env.map((each) => [each.name, each.value])),
  );

describe("PostgreSQL with highAvailability", () => {
  it("is what CloudNativePG is asked for, in place of a server of our own", () => {
    expect(deployed.resources.filter(({ name }) => name === "postgresql-statefulset")).toEqual([]);
    expect(metadataOf(cluster())).toMatchObject({ name: "postgresql", namespace: "homeslice-prod" });
    expect(Spec.parse(cluster().inputs)).toMatchObject({
      instances: 5,
      imageName: expect.stringMatching(/postgresql:18\./),
      enableSuperuserAccess: true,
      superuserSecret: { name: "postgresql-superuser" },
      bootstrap: { initdb: { secret: { name: "postgresql-first-owner" } } },
      storage: { size: "50Gi", storageClass: "fast-ssd" },
      resources: { limits: { memory: "2Gi" } },
      affinity: { podAntiAffinityType: "required", topologyKey: "kubernetes.io/hostname" },
      postgresql: {
        parameters: { shared_buffers: "512MB", max_connections: "250", statement_timeout: "60s", jit: "false" },
        synchronous: { method: "any", number: 2, dataDurability: "required" },
      },
    });
  });

  it("has three instances, and one standby that every write waits for, when nothing else is said", async () => {
    const { find } = await deploy("dev", { ...settings, "homeslice:postgresql": { highAvailability: true } });
    expect(Spec.parse(find("Cluster", "postgresql-cluster").inputs)).toMatchObject({
      instances: 3,
      postgresql: { synchronous: { method: "any", number: 1, dataDurability: "required" } },
    });
  });

  it("is ready when the operator says so, which the run waits for", () => {
    const { metadata } = z
      .object({ metadata: z.object({ annotations: z.record(z.string(), z.string()) }) })
      .parse(cluster().inputs);
    expect(metadata.annotations).toEqual({ "pulumi.com/waitFor": "condition=Ready" });
  });

  it.each(["postgresql-superuser", "postgresql-first-owner"])("gives the operator %s by name alone", (name) => {
    const { data } = z.object({ data: z.unknown() }).parse(deployed.find("Secret", name).inputs);
    expect(Object.keys(z.looseObject({}).parse(secretValue(data))).toSorted()).toEqual(["password", "username"]);
    expect(JSON.stringify(cluster().inputs)).not.toContain("cleartext-of");
  });

  it("is linked to as a single server is, by the name that follows the primary", () => {
    const host = "postgresql-rw.homeslice-prod.svc";
    expect(variablesOf("Deployment", "orchestrator-blue-deployment")).toMatchObject({
      HOMESLICE_DATABASE_HOST: host,
    });
    expect(variablesOf("CronJob", "backup-orchestrator-cronjob")).toMatchObject({ PGHOST: host });
    expect(variablesOf("Job", "postgresql-orchestrator-job")).toMatchObject({ PGHOST: host, PGUSER: "postgres" });
  });

  it("is scraped at every instance, without an exporter of our own", () => {
    const { spec } = z
      .object({ spec: z.object({ selector: z.record(z.string(), z.string()), ports: z.array(z.unknown()) }) })
      .parse(deployed.find("Service", "prometheus-scrapes-postgresql").inputs);
    expect(spec.selector).toEqual({ "cnpg.io/cluster": "postgresql" });
    expect(spec.ports).toEqual([expect.objectContaining({ port: 9187 })]);
    expect(deployed.resources.filter(({ name }) => name.includes("postgresql-monitor"))).toEqual([]);
  });

  it("is guarded as the data that it is", () => {
    expect(cluster().options).toMatchObject({ protect: true, retainOnDelete: true });
  });
});
