import { Backup, Environment, PostgreSQL } from "@homeslice/components";
import { loadConfig } from "@homeslice/config";
import { catalogue } from "@homeslice/stacks/catalogue.ts";
import { describe, expect, it } from "vitest";
import { deploy, findIn, record } from "./deploy.ts";
import { rendered, workloadsOf } from "./rendered.ts";

const domain = { "homeslice:domain": "home.example.org" };
const s3 = { url: "https://s3.example.org:9000/homeslice", accessKeyId: "the-name", secretAccessKey: "the-secret-key" };

describe("the backups of a stack", () => {
  it("hold every database that the catalogue names, each with a way back", async () => {
    const { resources, find } = await deploy("prod", domain);
    const dumped = workloadsOf(resources).flatMap(({ kind, containers }) =>
      kind === "CronJob" ? containers.flatMap(({ env }) => env.filter(({ name }) => name === "DATABASES")) : [],
    );
    const made = new Set(resources.filter(({ name }) => /^postgresql-.*-sql$/.test(name)).map(({ name }) => name));
    const declared = Object.entries(catalogue).flatMap(([service, declaration]) =>
      "backup" in declaration ? declaration.backup.databases.map((database) => ({ service, database })) : [],
    );
    expect(declared.length).toBeGreaterThan(0);
    for (const { service, database } of declared.filter((one) => made.has(`postgresql-${one.database}-sql`))) {
      expect(dumped.map(({ value }) => value?.split(" "))).toContainEqual(expect.arrayContaining([database]));
      const steps = rendered(find("CronJob", `backup-${service}-restore-cronjob`)).containers.map(({ name }) => name);
      expect(steps).toContain(steps.length > 4 ? `load-${database}` : `${service}-restore`);
    }
  });

  it("hold what a service of one's own keeps, without a further word", async () => {
    const wiki = {
      image: "docker.io/example/wiki:1.0",
      port: 8080,
      uses: ["postgresql"],
      volume: { path: "/data", size: "1Gi" },
    };
    const { find } = await deploy("dev", { ...domain, "homeslice:services": { wiki } });
    const [dump, store] = rendered(find("CronJob", "backup-wiki-cronjob")).containers;
    expect(dump?.env).toContainEqual({ name: "DATABASES", value: "wiki" });
    expect(store?.volumeMounts.map(({ mountPath }) => mountPath)).toContain("/staging/volume");
    const restore = rendered(find("CronJob", "backup-wiki-restore-cronjob")).containers.map(({ name }) => name);
    expect(restore).toEqual(["dump", "keep", "fetch", "load-wiki", "wiki-restore"]);
  });

  it("are proved by a drill that has its own schedule and no way to what it would restore", async () => {
    const { resources, find } = await deploy("prod", { ...domain, "homeslice:backup": { drill: "0 6 1 * *" } });
    const drill = find("CronJob", "backup-orchestrator-drill-cronjob");
    expect(drill.inputs).toMatchObject({ spec: { schedule: "0 6 1 * *", suspend: false } });
    const secrets = rendered(drill).containers.flatMap(({ volumeMounts }) =>
      volumeMounts.filter(({ mountPath }) => mountPath.startsWith("/run/secrets")).map(({ name }) => name),
    );
    expect(secrets).toEqual(["backup-repository"]);
    const ways = resources.filter(
      ({ kind, name }) => kind === "NetworkPolicy" && name.startsWith("backup-orchestrator-drill"),
    );
    expect(ways.map(({ name }) => name)).toEqual(expect.arrayContaining([expect.stringContaining("to-backup")]));
    expect(ways.filter(({ name }) => name.includes("postgresql"))).toEqual([]);
  });

  it("never run twice at once, and restores never by themselves", async () => {
    const { find } = await deploy("prod", { ...domain, "homeslice:backup": { schedule: "0 4 * * *" } });
    expect(find("CronJob", "backup-orchestrator-cronjob").inputs).toMatchObject({
      spec: { schedule: "0 4 * * *", timeZone: "Etc/UTC", suspend: false, concurrencyPolicy: "Forbid" },
    });
    expect(find("CronJob", "backup-orchestrator-restore-cronjob").inputs).toMatchObject({
      spec: { suspend: true, jobTemplate: { spec: { backoffLimit: 0 } } },
    });
  });

  it("keep what is there before a restore changes anything", async () => {
    const { find } = await deploy("prod", domain);
    const steps = rendered(find("CronJob", "backup-orchestrator-restore-cronjob")).containers.map(({ name }) => name);
    expect(steps).toEqual(["dump", "keep", "fetch", "orchestrator-restore"]);
  });

  it("read as an account that writes nothing, and show each step the secrets that it needs alone", async () => {
    const { find } = await deploy("prod", domain);
    const [dump, store] = rendered(find("CronJob", "backup-orchestrator-cronjob")).containers;
    const secrets = (mounts: readonly { name: string; mountPath: string }[] = []) =>
      mounts.filter(({ mountPath }) => mountPath.startsWith("/run/secrets")).map(({ name }) => name);
    expect(dump?.env).toContainEqual({ name: "PGUSER", value: "backup" });
    expect(secrets(dump?.volumeMounts)).toEqual(["postgresql-backup"]);
    expect(secrets(store?.volumeMounts)).toEqual(["backup-repository"]);
  });

  it("vanish as a whole when they are not wanted", async () => {
    const { resources } = await deploy("prod", { ...domain, "homeslice:backup": { enabled: false } });
    // Grafana keeps its dashboards, whatever they find to show.
    const left = resources.filter(({ kind, name }) => kind !== "Dashboard" && name.includes("backup"));
    expect(left).toEqual([]);
  });
});

describe("a bucket outside the cluster", () => {
  it("takes the place of the server, and is reached at its port alone", async () => {
    const { resources, find } = await deploy("prod", { ...domain, "homeslice:backup": { repository: "s3", s3 } });
    expect(resources.filter(({ name }) => name === "backup-statefulset")).toEqual([]);
    expect(find("NetworkPolicy", "backup-orchestrator-to-outside-9000").inputs).toMatchObject({
      spec: { policyTypes: ["Egress"], egress: [{ ports: [{ port: 9000 }] }] },
    });
  });

  it("gets a copy where the server stays, and its key is in a Secret alone", async () => {
    const { resources, find } = await deploy("prod", { ...domain, "homeslice:backup": { s3 } });
    expect(find("StatefulSet", "backup-statefulset").inputs).toBeTypeOf("object");
    const store = rendered(find("CronJob", "backup-orchestrator-cronjob")).containers.at(-1);
    expect(store?.env.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["OFFSITE_FILE", "AWS_SHARED_CREDENTIALS_FILE"]),
    );
    const others = resources.filter(({ kind }) => kind !== "Secret").map(({ inputs }) => JSON.stringify(inputs));
    expect(others.filter((text) => text.includes("the-secret-key"))).toEqual([]);
  });
});

it("a volume is read on the node of its service, as the owner of its files", async () => {
  const config = loadConfig("dev", domain);
  const resources = await record("dev", () => {
    const environment = new Environment(config, { wiki: { title: "Wiki", backup: { volume: { user: 999 } } } });
    const postgresql = new PostgreSQL("postgresql", config.postgresql, environment);
    const { databases } = postgresql;
    new Backup("backup", { ...config.backup, databases, reader: postgresql.reader("backup") }, environment);
  });
  const job = findIn(resources, "CronJob", "backup-wiki-cronjob");
  const term = {
    topologyKey: "kubernetes.io/hostname",
    labelSelector: { matchLabels: { "app.kubernetes.io/name": "wiki" } },
  };
  const pod = {
    securityContext: { runAsUser: 999 },
    affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
  };
  expect(job.inputs).toMatchObject({ spec: { jobTemplate: { spec: { template: { spec: pod } } } } });
  expect(rendered(job).containers[0]?.volumeMounts).toContainEqual({
    name: "volume",
    mountPath: "/staging/volume",
    readOnly: true,
  });
});
