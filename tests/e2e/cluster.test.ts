import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { which } from "@homeslice/cli/engine/index.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { secondsUnchanged } from "../bench/benches/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { Bench, NOTHING, report } from "./clusterSupport.ts";

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
  for (const stack of ["dev", "prod"]) bench.configure(stack, { domain: "home.example.org" });
});
afterAll(() => bench.stop());

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

describe.each(["dev", "prod"])("the stack %s on an empty cluster", (stack) => {
  test("up creates everything in one go, and every workload is available when it ends", async () => {
    const { changes, outputs, operation } = report(await bench.run(["up", "--stack", stack, "--yes", "--json"]));
    expect(operation).toBe("up");
    expect(changes).toMatchObject({ ...NOTHING, create: expect.any(Number) });
    expect(changes.create).toBeGreaterThan(30);
    expect(outputs).toMatchObject({ environment: stack, namespaces: { platform: `homeslice-${stack}` } });
    expect(await unavailable()).toEqual([]);
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

  test("a second up changes nothing", async () => {
    expect(await secondsUnchanged(bench, stack, "up")).toBeGreaterThan(0);
  });
});

test("preview after an edit of the settings shows exactly that edit, and changes nothing", async () => {
  const path = bench.configure("dev", { domain: "home.example.org", postgresql: { maxConnections: 100 } });
  const settings = readFileSync(path, "utf8");
  const preview = await bench.run(["preview", "--stack", "dev"]);
  expect(preview.code).toBe(0);
  const changed = preview.stderr.split("\n").filter((line) => /^ {2}[+~±-]/.test(line));
  expect(preview.stderr).toMatch(/- max_connections = '120'[\s\S]*\+ max_connections = '100'/);
  expect(changed.length).toBeGreaterThan(0);
  expect(changed.filter((line) => !line.includes("postgresql"))).toEqual([]);
  expect(readFileSync(path, "utf8")).toBe(settings);
  bench.configure("dev", { domain: "home.example.org" });
  expect(report(await bench.run(["preview", "--stack", "dev", "--json"])).changes).toMatchObject(NOTHING);
});

test("drift by hand is found by refresh and put right by the next up", async () => {
  const path = "/apis/apps/v1/namespaces/homeslice-dev/deployments/orchestrator-blue";
  await bench.kube.request("PATCH", `${path}/scale`, {
    contentType: "application/merge-patch+json",
    body: { spec: { replicas: 4 } },
  });
  const refresh = await bench.run(["refresh", "--stack", "dev", "--json"]);
  expect(report(refresh).changes).toMatchObject({ ...NOTHING, update: 1 });
  expect(refresh.stderr).toMatch(/Deployment orchestrator[\s\S]*spec\.replicas: 1 → 4/);
  expect(report(await bench.run(["up", "--stack", "dev", "--yes", "--json"])).changes).toMatchObject({
    ...NOTHING,
    update: 1,
  });
  expect((await bench.kube.get(path)).body).toMatchObject({ spec: { replicas: 1 } });
});

test("destroy of dev leaves nothing in the cluster", async () => {
  const { changes } = report(await bench.run(["destroy", "--stack", "dev", "--yes", "--json"]));
  expect(changes.delete).toBeGreaterThan(30);
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
  bench.configure("prod", { domain: "home.example.org", safety: { protectData: false } });
  expect((await bench.run(["up", "--stack", "prod", "--yes"])).code).toBe(0);
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
