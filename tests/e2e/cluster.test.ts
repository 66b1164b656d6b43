import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { which } from "@homeslice/cli/engine/index.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { secondsUnchanged } from "../bench/benches/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { Chronicle } from "./chronicle.ts";
import { filesIn, secretsIn } from "./clearText.ts";
import { Bench, core, NOTHING, report } from "./clusterSupport.ts";

const settings = {
  domain: "home.example.org",
  grafana: { teams: { crew: {} }, folders: { sales: { title: "Sales", teams: { crew: "edit" } } } },
};
/** Half as long: what would be lost is not looked for. */
const fearless = ["up", "--stack", "dev", "--yes", "--json", "--allow-data-loss"];
let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
  for (const stack of ["dev", "prod"]) bench.configure(stack, settings);
});
afterAll(() => bench.stop());

/** Names of the objects of a kind in the Authentik of a stack. */
function namesIn(stack: string, path: string, key = "name"): unknown[] {
  return bench
    .authentik(stack)
    .store.all(path)
    .map((object) => object[key])
    .toSorted();
}

const conditionsSchema = z.object({
  spec: z.object({ replicas: z.number().optional() }),
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional(),
    readyReplicas: z.number().optional(),
    numberAvailable: z.number().optional(),
    desiredNumberScheduled: z.number().optional(),
    succeeded: z.number().optional(),
  }),
});

/** Names of the workloads of the platform that are not fully there. */
async function unavailable(): Promise<string[]> {
  const ready = {
    "/apis/apps/v1/deployments": ({ status }) =>
      status.conditions?.some(({ type, status: value }) => type === "Available" && value === "True"),
    "/apis/apps/v1/statefulsets": ({ spec, status }) => status.readyReplicas === spec.replicas,
    "/apis/apps/v1/daemonsets": ({ status }) => status.numberAvailable === status.desiredNumberScheduled,
    "/apis/batch/v1/jobs": ({ status }) => (status.succeeded ?? 0) >= 1,
  } satisfies Record<string, (object: z.infer<typeof conditionsSchema>) => boolean | undefined>;
  const failing: string[] = [];
  for (const [path, isReady] of Object.entries(ready)) {
    const items = await bench.list(path);
    if (items.length === 0) failing.push(`nothing at ${path}`);
    failing.push(
      ...items.filter((item) => !isReady(conditionsSchema.parse(item))).map(({ metadata }) => metadata.name),
    );
  }
  return failing;
}

test("preview takes for unknown what nobody can tell yet, and asks neither Authentik nor Grafana", async () => {
  const preview = report(await bench.run(["preview", "--stack", "dev", "--json"]));
  expect(preview.changes).toMatchObject({ ...NOTHING, create: expect.any(Number) });
  expect([...bench.authentik("dev").requests, ...bench.grafana("dev").requests]).toEqual([]);
});

/** What has to be there before what, in every stack. */
const order = [
  ["ready StatefulSet/postgresql", "ready Job/postgresql-authentik"],
  ["ready Job/postgresql-authentik", "created Deployment/authentik"],
  ["ready Job/postgresql-authentik", "created Deployment/authentik-worker"],
  ["ready Deployment/authentik", "the first question to Authentik"],
  ["ready Deployment/authentik-worker", "the first question to Authentik"],
  ["the first question to Authentik", "Authentik's bootstrap"],
  ["Authentik's bootstrap", "the end of Authentik's first start"],
  ["the end of Authentik's first start", "the first object in Authentik"],
  ["the last client", "created Deployment/grafana"],
  ["the last client", "created Deployment/orchestrator-blue"],
  ["the token of the home page", "created Deployment/homepage"],
  ["ready Job/postgresql-grafana", "created Deployment/grafana"],
  ["ready Deployment/grafana", "the first question to Grafana"],
  ["ready StatefulSet/redis", "created Deployment/orchestrator-blue"],
  ["ready Job/postgresql-orchestrator", "ready Job/orchestrator-migrate"],
  ["ready Job/orchestrator-migrate", "created Deployment/orchestrator-blue"],
  ["ready Deployment/authentik", "created Ingress/authentik"],
  ["ready Deployment/grafana", "created Ingress/grafana"],
  ["ready Deployment/homepage", "created Ingress/homepage"],
  ["ready Deployment/orchestrator-blue", "created Ingress/orchestrator"],
] as const;

describe.each(["dev", "prod"])("the stack %s on an empty cluster", (stack) => {
  let chronicle: Chronicle;
  beforeAll(() => {
    chronicle = new Chronicle(bench.kube, stack);
  });
  afterAll(() => chronicle.stop());

  test("up creates everything in one go, and every workload is available when it ends", async () => {
    const { changes, outputs, operation } = report(await bench.run(["up", "--stack", stack, "--yes", "--json"]));
    expect(operation).toBe("up");
    expect(changes).toMatchObject({ ...NOTHING, create: expect.any(Number) });
    expect(changes.create).toBeGreaterThan(30);
    expect(outputs).toMatchObject({ environment: stack, namespaces: { platform: `homeslice-${stack}` } });
    expect(await unavailable()).toEqual([]);
  });

  test("nothing begins before what it needs is ready, down to the last login in a late Authentik", () => {
    const { requests, startedAt = Number.NaN } = bench.authentik(stack);
    const made = requests.filter(({ method }) => method === "POST");
    const within = {
      "the first question to Authentik": requests[0],
      "Authentik's bootstrap": requests.find(({ status }) => status === 200),
      "the end of Authentik's first start": { at: startedAt },
      "the first object in Authentik": made[0],
      "the last client": made.findLast(({ path }) => path === "/providers/oauth2/"),
      "the token of the home page": made.find(({ path }) => path === "/core/tokens/"),
      "the first question to Grafana": bench.grafana(stack).requests[0],
    };
    const when = new Map(chronicle.times);
    for (const [what, happened] of Object.entries(within)) when.set(what, happened?.at ?? Number.NaN);
    const unordered = order.filter(([one, other]) => !((when.get(one) ?? Infinity) <= (when.get(other) ?? -Infinity)));
    expect(unordered).toEqual([]);
    expect(requests.some(({ status }) => status === 403)).toBe(true);
  });

  test("Authentik has the groups, the clients and the guarded services, each open to its groups", () => {
    expect(namesIn(stack, "/core/groups/")).toEqual([
      ...["authentik Admins", "homeslice-admins", "homeslice-approvers", "homeslice-operators", "homeslice-viewers"],
    ]);
    expect(namesIn(stack, "/providers/oauth2/")).toEqual(["grafana", "orchestrator"]);
    expect(namesIn(stack, "/providers/proxy/")).toEqual(["alertmanager", "homepage", "prometheus"]);
    const applications = ["alertmanager", "grafana", "homepage", "orchestrator", "prometheus"];
    expect(namesIn(stack, "/core/applications/", "slug")).toEqual(applications);
    expect(bench.authentik(stack).defects).toEqual([]);
  });

  test("Grafana has its sources of data, its dashboards, and the folders and teams of the settings", () => {
    const { datasources, folders, dashboards, teams } = bench.grafana(stack);
    expect(datasources.uids).toEqual(["alertmanager", "loki", "postgresql", "prometheus"]);
    expect(dashboards.uids.length).toBeGreaterThan(4);
    expect(folders.permissionsOf("sales")).toContainEqual({ teamId: teams.named("crew")?.id, permission: "Edit" });
  });

  test("its namespace enforces the restricted profile of Pod Security", async () => {
    const { body } = await bench.kube.get(`/api/v1/namespaces/homeslice-${stack}`);
    expect(body).toMatchObject({ metadata: { labels: { "pod-security.kubernetes.io/enforce": "restricted" } } });
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "intruder" },
      spec: { containers: [{ name: "a", image: "a", securityContext: { privileged: true } }] },
    };
    const attempt = bench.kube.request("POST", `/api/v1/namespaces/homeslice-${stack}/pods`, { body: pod });
    await expect(attempt).rejects.toThrow(/violates PodSecurity "restricted/);
  });

  test("a second up changes nothing, and asks Grafana nothing", async () => {
    const { length } = bench.grafana(stack).requests;
    expect(await secondsUnchanged(bench, stack, "up")).toBeGreaterThan(0);
    expect(bench.grafana(stack).requests).toHaveLength(length);
  });
});

test("what is switched off goes, but for groups; switched on again, all of it is back", async () => {
  const deployments = "/apis/apps/v1/namespaces/homeslice-dev/deployments";
  const everything = await bench.names(deployments);
  const groups = namesIn("dev", "/core/groups/", "pk");
  const applications = namesIn("dev", "/core/applications/", "slug");
  const { datasources, folders, dashboards } = bench.grafana("dev");
  const contents = () => [datasources.uids, folders.uids, dashboards.uids];
  const filled = contents();

  bench.configure("dev", core);
  expect(report(await bench.run(fearless)).changes).toMatchObject({ replace: 0 });
  expect(await bench.names(deployments)).toEqual(["orchestrator-blue"]);
  expect(await bench.names("/apis/apps/v1/namespaces/homeslice-dev/statefulsets")).toEqual(["postgresql", "redis"]);
  for (const path of ["/core/applications/", "/providers/oauth2/", "/providers/proxy/"]) {
    expect(bench.authentik("dev").store.all(path)).toEqual([]);
  }
  expect(contents()).toEqual([[], [], []]);

  bench.configure("dev", settings);
  expect(report(await bench.run(fearless)).changes).toMatchObject({ replace: 0 });
  expect(await bench.names(deployments)).toEqual(everything);
  expect(namesIn("dev", "/core/groups/", "pk")).toEqual(groups);
  expect(namesIn("dev", "/core/applications/", "slug")).toEqual(applications);
  expect(contents()).toEqual(filled);
  expect(await unavailable()).toEqual([]);
});

test("preview after an edit of the settings shows exactly that edit, and changes nothing", async () => {
  const path = bench.configure("dev", { ...settings, postgresql: { maxConnections: 100 } });
  const file = readFileSync(path, "utf8");
  const preview = await bench.run(["preview", "--stack", "dev"]);
  expect(preview.code).toBe(0);
  const changed = preview.stderr.split("\n").filter((line) => /^ {2}[+~±-]/.test(line));
  expect(preview.stderr).toMatch(/- max_connections = '120'[\s\S]*\+ max_connections = '100'/);
  expect(changed.length).toBeGreaterThan(0);
  expect(changed.filter((line) => !line.includes("postgresql"))).toEqual([]);
  expect(readFileSync(path, "utf8")).toBe(file);
  bench.configure("dev", settings);
});

describe("backup and restore", () => {
  // The nodes are simulated: pods end at once and run nothing. What they run has tests of its own.
  const jobs = "/apis/batch/v1/namespaces/homeslice-dev/jobs";
  const started = async (prefix: string) => (await bench.names(jobs)).filter((name) => name.startsWith(prefix));
  const replicas = async () => {
    const { body } = await bench.kube.get("/apis/apps/v1/namespaces/homeslice-dev/deployments/orchestrator-blue");
    return z.object({ spec: z.object({ replicas: z.number() }) }).parse(body).spec.replicas;
  };

  test("a backup can be made at any time, of one service", async () => {
    const { code, stderr } = await bench.run(["backup", "now", "--stack", "dev", "--service", "orchestrator"]);
    expect(stderr).toContain("backing up orchestrator");
    expect(code).toBe(0);
    expect(await started("backup-orchestrator-")).toHaveLength(1);
  });

  test("a drill that somebody started counts like those of its schedule", async () => {
    const { code, stderr } = await bench.run(["backup", "drill", "--stack", "dev", "--service", "orchestrator"]);
    expect(stderr).toContain("restoring aside the newest snapshot of orchestrator");
    expect(code).toBe(0);
    const drill = "/apis/batch/v1/namespaces/homeslice-dev/cronjobs/backup-orchestrator-drill";
    const succeeded = async () => JSON.stringify((await bench.kube.get(drill)).body).includes('"lastSuccessfulTime"');
    await eventually(succeeded, "the drill is known to have succeeded");
  });

  test("a restore wants to be confirmed", async () => {
    const { code, stderr } = await bench.run(["restore", "--stack", "dev", "--service", "orchestrator"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/replaces all its data[\s\S]*--yes\. Nothing was changed\./);
    expect(await started("backup-orchestrator-restore-")).toEqual([]);
  });

  test("a restore of what is not backed up is refused with what is, and stops nothing", async () => {
    const { code, stderr } = await bench.run(["restore", "--stack", "dev", "--service", "redis", "--yes"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/there is no backup-redis-restore[\s\S]*backed up are .*orchestrator/);
    expect(stderr).not.toContain("stopping");
  });

  test("a restore stops the service, runs from the snapshot named, and starts the service again", async () => {
    const before = await replicas();
    const args = ["--service", "orchestrator", "--snapshot", "1234abcd", "--yes"];
    const { code, stderr } = await bench.run(["restore", "--stack", "dev", ...args]);
    expect(stderr).toMatch(
      /stopping orchestrator-blue \(1\)[\s\S]*restoring orchestrator from 1234abcd[\s\S]*started orchestrator-blue/,
    );
    expect(code).toBe(0);
    expect(await replicas()).toBe(before);
    const [job] = await started("backup-orchestrator-restore-");
    const { body } = await bench.kube.get(`${jobs}/${job}`);
    expect(JSON.stringify(body)).toContain('{"name":"SNAPSHOT","value":"1234abcd"}');
  });
});

test("drift by hand is found by refresh and put right by the next up, in the cluster, Authentik and Grafana", async () => {
  const path = "/apis/apps/v1/namespaces/homeslice-dev/deployments/orchestrator-blue";
  await bench.kube.request("PATCH", `${path}/scale`, {
    contentType: "application/merge-patch+json",
    body: { spec: { replicas: 4 } },
  });
  const { store } = bench.authentik("dev");
  const { meta_launch_url } = store.get("/core/applications/", "homepage");
  store.change("/core/applications/", "homepage", { meta_launch_url: "https://elsewhere.example.org" });
  bench.grafana("dev").datasources.change("postgresql", { url: "elsewhere:5432" });

  const drift = await bench.run(["drift", "--stack", "dev", "--json"]);
  expect(drift.code).toBe(1);
  expect(JSON.parse(drift.stdout)).toMatchObject({ stack: "dev", complete: true });
  const { resources } = z
    .object({ resources: z.array(z.record(z.string(), z.unknown())) })
    .parse(JSON.parse(drift.stdout));
  expect(resources).toHaveLength(3);
  expect(resources).toContainEqual({
    resource: expect.stringMatching(/^Deployment orchestrator-blue/),
    change: "differs",
    properties: ["spec.replicas"],
  });
  const refresh = await bench.run(["refresh", "--stack", "dev", "--json"]);
  expect(report(refresh).changes).toMatchObject({ ...NOTHING, update: 3 });
  expect(refresh.stderr).toMatch(/Deployment orchestrator[\s\S]*spec\.replicas: 1 → 4/);
  expect(report(await bench.run(fearless)).changes).toMatchObject({ ...NOTHING, update: 3 });

  expect(await bench.run(["drift", "--stack", "dev", "--report"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Homeslice is not running"),
  });
  expect(await bench.run(["drift", "--stack", "dev"])).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("in step"),
  });
  expect((await bench.kube.get(path)).body).toMatchObject({ spec: { replicas: 1 } });
  expect(store.get("/core/applications/", "homepage")).toMatchObject({ meta_launch_url });
  expect(bench.grafana("dev").datasources.find("postgresql")).toMatchObject({
    url: "postgresql.homeslice-dev.svc:5432",
  });
});

test("no generated secret is in clear text in the state, the output of any command, or a ConfigMap", async () => {
  bench.configure("dev", { ...settings, domain: "other.example.org" });
  await bench.run(["preview", "--stack", "dev"]);
  bench.configure("dev", settings);
  const secrets = await secretsIn(bench);
  expect(secrets.length).toBeGreaterThan(10);
  const seen = [
    { where: "the ConfigMaps", text: JSON.stringify(await bench.list("/api/v1/configmaps")) },
    ...bench.said.map(({ command, text }) => ({ where: command, text })),
    ...filesIn(bench.home).map((path) => ({ where: path, text: readFileSync(path, "utf8") })),
  ];
  const leaks = secrets.flatMap((secret) => {
    const forms = [secret, Buffer.from(secret).toString("base64")];
    return seen.filter(({ text }) => forms.some((form) => text.includes(form))).map(({ where }) => where);
  });
  expect(leaks).toEqual([]);
});

test("refresh leaves out what is in an Authentik and a Grafana that do not answer, and destroy needs no answer", async () => {
  for (const name of ["authentik", "grafana"]) {
    await bench.kube.request("DELETE", `/apis/apps/v1/namespaces/homeslice-dev/deployments/${name}`);
  }
  const refresh = await bench.run(["refresh", "--stack", "dev", "--json"]);
  expect(refresh.stderr).toContain("Grafana does not answer: what is in it is left out of this refresh");
  expect(report(refresh).changes).toMatchObject({ ...NOTHING, delete: 2 });

  const { length } = [...bench.authentik("dev").writes(), ...bench.grafana("dev").writes()];
  const { changes } = report(await bench.run(["destroy", "--stack", "dev", "--yes", "--json"]));
  expect(changes.delete).toBeGreaterThan(30);
  expect([...bench.authentik("dev").writes(), ...bench.grafana("dev").writes()]).toHaveLength(length);
});

test("after destroy, nothing of dev is left in the cluster", async () => {
  expect((await bench.names("/api/v1/namespaces")).filter((name) => name.includes("homeslice-dev"))).toEqual([]);
  const volumes = z.array(z.object({ spec: z.object({ claimRef: z.object({ namespace: z.string() }) }) }));
  await eventually(async () => {
    const left = volumes.parse(await bench.list("/api/v1/persistentvolumes"));
    return !left.some(({ spec }) => spec.claimRef.namespace.startsWith("homeslice-dev"));
  }, "the volumes are reclaimed");
});

test("destroy of prod is refused with the names of what it holds, and changes nothing", async () => {
  const before = await bench.names("/api/v1/namespaces/homeslice-prod/services");
  const { code, stderr, stdout } = await bench.run(["destroy", "--stack", "prod", "--yes", "--json"]);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(
    /holds data that is protected:[\s\S]*StatefulSet postgresql[\s\S]*homeslice:safety\.protectData/,
  );
  expect(await bench.names("/api/v1/namespaces/homeslice-prod/services")).toEqual(before);
  expect(report(await bench.run(["preview", "--stack", "prod", "--json"])).changes).toMatchObject(NOTHING);
});

test("once the protection is given up on purpose, prod can be destroyed", async () => {
  bench.configure("prod", { ...settings, safety: { protectData: false } });
  expect((await bench.run(["up", "--stack", "prod", "--yes", "--allow-data-loss"])).code).toBe(0);
  expect((await bench.run(["destroy", "--stack", "prod", "--yes"])).code).toBe(0);
  expect((await bench.names("/api/v1/namespaces")).filter((name) => name.includes("homeslice-prod"))).toEqual([]);
});

test("the files of a stack are private to their owner, and the settings of the user are not among them", () => {
  const copy = readFileSync(join(bench.home, "stacks", "dev", "Pulumi.dev.yaml"), "utf8");
  expect(copy).toContain("encryptionsalt");
  expect(readFileSync(join(bench.settings, "Pulumi.dev.yaml"), "utf8")).not.toContain("encryptionsalt");
});

test("plain `pulumi preview` runs the same program as the command line", async (context) => {
  const host = which("pulumi-language-nodejs", process.env);
  if (!host) context.skip("pulumi-language-nodejs is not on PATH: it comes with the full installation of Pulumi alone");
  bench.configure("dev", { domain: "home.example.org" });
  const { stdout } = await promisify(execFile)(
    "pulumi",
    ["preview", "--stack", "dev", "--config-file", join(bench.settings, "Pulumi.dev.yaml"), "--non-interactive"],
    {
      env: {
        ...bench.env(),
        PULUMI_BACKEND_URL: `file://${join(bench.home, "state")}`,
        PULUMI_CONFIG_PASSPHRASE_FILE: join(bench.home, "passphrase"),
      },
    },
  );
  expect(stdout).toContain("homeslice-dev");
});
