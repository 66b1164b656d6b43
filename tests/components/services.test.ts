import { Environment, Redis } from "@homeslice/components";
import { loadConfig } from "@homeslice/config";
import { beforeAll, describe, expect, it } from "vitest";
import { type Deployed, deploy, findIn, record } from "./deploy.ts";
import { dataOf, metadataOf, rendered } from "./rendered.ts";

const domain = { "homeslice:domain": "home.example.org" };
const allocation = { resources: { limits: { memory: "4Gi" } } };

describe("PostgreSQL", () => {
  let deployed: Deployed;
  beforeAll(async () => {
    const postgresql = {
      ...allocation,
      size: "50Gi",
      settings: { random_page_cost: 4, "auto_explain.log_format": "it's" },
    };
    const cluster = { storageClass: "fast" };
    deployed = await deploy("prod", { ...domain, "homeslice:postgresql": postgresql, "homeslice:cluster": cluster });
  });
  const conf = () => dataOf(deployed.find("ConfigMap", "postgresql-config"))["postgresql.conf"] ?? "";

  it("is tuned to the memory and the volume that it has", () => {
    expect(conf()).toContain("shared_buffers = '1024MB'");
    expect(conf()).toContain("effective_cache_size = '3072MB'");
    expect(conf()).toContain("max_wal_size = '2048MB'");
  });

  it("lets the user's settings win, whatever characters they hold", () => {
    expect(conf()).toContain("random_page_cost = '4'");
    expect(conf()).not.toContain("random_page_cost = '1.1'");
    expect(conf()).toContain("auto_explain.log_format = 'it''s'");
  });

  it("asks everybody on the network for a password", () => {
    const rules = dataOf(deployed.find("ConfigMap", "postgresql-config"))["pg_hba.conf"] ?? "";
    const hosts = rules.split("\n").filter((line) => line.startsWith("host"));
    expect(hosts).toEqual(["host all all all scram-sha-256"]);
    expect(rules).not.toContain("trust");
  });

  it("keeps its data on a volume of the size and class wanted, which outlives it where data is protected", () => {
    expect(deployed.find("StatefulSet", "postgresql-statefulset").inputs).toMatchObject({
      spec: {
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
        volumeClaimTemplates: [{ spec: { storageClassName: "fast", resources: { requests: { storage: "50Gi" } } } }],
      },
    });
  });

  it("runs an exporter beside it with an account of its own, unless that is not wanted", async () => {
    const { pod } = rendered(deployed.find("StatefulSet", "postgresql-statefulset"));
    expect(pod.containers.map(({ name }) => name)).toEqual(["server", "exporter"]);
    const without = await deploy("prod", { ...domain, "homeslice:postgresql": { exporter: false } });
    expect(rendered(without.find("StatefulSet", "postgresql-statefulset")).pod.containers).toHaveLength(1);
    expect(without.resources.filter(({ name }) => name.includes("monitor"))).toEqual([]);
  });

  it("makes the account of a database and the database itself in a job that may run again", () => {
    const sql = dataOf(deployed.find("ConfigMap", "postgresql-orchestrator-sql"))["provision.sql"] ?? "";
    expect(sql).toMatch(/CREATE ROLE .*\n.*WHERE NOT EXISTS/);
    expect(sql).toMatch(/CREATE DATABASE .*\n.*WHERE NOT EXISTS/);
  });
});

it("runs the job of a database again when anything about it changes", async () => {
  const nameWith = async (image: string) => {
    const images = { references: { postgresql: image } };
    const { find } = await deploy("dev", { ...domain, "homeslice:images": images });
    return metadataOf(find("Job", "postgresql-orchestrator-job")).name;
  };
  const first = await nameWith("docker.io/library/postgres:18.3");
  expect(first).toMatch(/^postgresql-orchestrator-[0-9a-f]{8}$/);
  expect(await nameWith("docker.io/library/postgres:18.3")).toBe(first);
  expect(await nameWith("docker.io/library/postgres:18.4")).not.toBe(first);
});

describe("Redis", () => {
  it("lets a stack change its StatefulSet and keeps the rest of it", async () => {
    const config = loadConfig("dev", domain);
    const transform = { statefulSet: { spec: { template: { spec: { priorityClassName: "high" } } } } };
    const program = () => new Redis("redis", { ...config.redis, transform }, new Environment(config, {}));
    const changed = findIn(await record("dev", program), "StatefulSet", "redis-statefulset");
    expect(changed.inputs).toMatchObject({ spec: { template: { spec: { priorityClassName: "high" } } } });
    expect(rendered(changed).containers.map(({ name }) => name)).toEqual(["server", "exporter"]);
  });

  it("refuses writes rather than forgetting keys, within three quarters of its memory", async () => {
    const { find } = await deploy("dev", { ...domain, "homeslice:redis": { ...allocation, size: "8Gi" } });
    const conf = dataOf(find("ConfigMap", "redis-config"))["redis.conf"] ?? "";
    expect(conf).toContain(`maxmemory ${3 * 1024 ** 3}\n`);
    expect(conf).toContain("maxmemory-policy noeviction");
    expect(conf).toContain("appendonly yes");
  });

  it("shows its users the password, but not its list of accounts", async () => {
    const { find } = await deploy("dev", domain);
    const { pod } = rendered(find("Deployment", "orchestrator-blue-deployment"));
    const volume = pod.volumes.find(({ name }) => name === "redis-access");
    expect(volume?.secret?.items.map(({ key }) => key)).toEqual(["password"]);
  });
});

describe("the orchestrator", () => {
  it("is replaced without a gap, after the database was brought up to date by the same image", async () => {
    const { find } = await deploy("prod", domain);
    const server = find("Deployment", "orchestrator-blue-deployment");
    expect(server.inputs).toMatchObject({
      spec: { replicas: 2, strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } },
    });
    const [serving] = rendered(server).containers;
    const [migrating] = rendered(find("Job", "orchestrator-migrate-job")).containers;
    expect([serving?.args, migrating?.args]).toEqual([["serve"], ["migrate"]]);
    expect(migrating?.image).toBe(serving?.image);
  });
});

describe("an agent", () => {
  const agentWith = async (agent: object) => (await deploy("dev", { ...domain, "homeslice:agent": agent })).find;
  const standard = "pod-security.kubernetes.io/enforce";

  it("sees nothing of its node without access to it, under the restricted standard", async () => {
    const find = await agentWith({ hostAccess: "none" });
    expect(metadataOf(find("Namespace", "environment-agents")).labels[standard]).toBe("restricted");
    expect(rendered(find("DaemonSet", "agent-daemonset")).pod.volumes.filter(({ hostPath }) => hostPath)).toEqual([]);
  });

  it("reads its node without being able to write anything there but its own state", async () => {
    const find = await agentWith({ hostAccess: "read" });
    const { containers, pod } = rendered(find("DaemonSet", "agent-daemonset"));
    const server = containers.find(({ name }) => name === "server");
    const writable = server?.volumeMounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath);
    expect(writable).toEqual(["/tmp", "/var/lib/homeslice"]);
    expect(pod.volumes.flatMap(({ hostPath }) => hostPath?.path ?? [])).toContain("/");
    expect(server?.securityContext["privileged"]).toBeUndefined();
  });

  it("is privileged with full access alone", async () => {
    const find = await agentWith({ hostAccess: "full" });
    const { containers, pod } = rendered(find("DaemonSet", "agent-daemonset"));
    expect(containers[0]?.securityContext).toMatchObject({ privileged: true });
    expect(pod.hostPID).toBe(true);
  });

  it("may run nothing but what the configuration names", async () => {
    const policy = async (agent: object) =>
      dataOf((await agentWith(agent))("ConfigMap", "agent-policy"))["policy.yaml"];
    expect(await policy({})).toBe('{"commands":[]}');
    expect(await policy({ allowedCommands: ["/usr/bin/df"] })).toBe('{"commands":["/usr/bin/df"]}');
  });

  it("gets a copy of the secret that enrols it, and of nothing else", async () => {
    const find = await agentWith({});
    const { namespace, pod } = rendered(find("DaemonSet", "agent-daemonset"));
    const copy = metadataOf(find("Secret", "agent-orchestrator-installation"));
    expect(copy.namespace).toBe(namespace);
    const mounted = pod.volumes.flatMap(({ secret }) => secret?.items.map(({ key }) => key) ?? []);
    expect(mounted).toEqual(["enrolment"]);
  });
});
