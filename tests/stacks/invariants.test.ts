import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Deployed, deploy } from "../components/deploy.ts";
import {
  dataOf,
  metadataOf,
  type RenderedContainer,
  type RenderedWorkload,
  secretValue,
  unmarked,
  workloadsOf,
} from "../components/rendered.ts";
import { stackFile } from "../config/fixtures.ts";

const domain = { "homeslice:domain": "home.example.org" };
const ownServices = {
  wiki: { image: "ghcr.io/example/wiki:1", port: 3000, replicas: 2, uses: ["postgresql", "redis"] },
  files: { image: "ghcr.io/example/files:1", port: 3000, volume: { path: "/data", size: "1Gi" } },
};
const acme = {
  email: "me@example.org",
  provider: "cloudflare",
  credentials: { CF_DNS_API_TOKEN: "cleartext-of-token" },
};

const programs: readonly [name: string, stack: string, values: Readonly<Record<string, unknown>>][] = [
  ["dev", "dev", stackFile("dev")],
  ["prod", "prod", stackFile("prod")],
  ["prod with agents that see nothing of their node", "prod", { ...domain, "homeslice:agent": { hostAccess: "none" } }],
  ["prod without logins kept in Authentik", "prod", { ...domain, "homeslice:authentik": { signOn: false } }],
  ["prod with a home page that looks for itself", "prod", { ...domain, "homeslice:homepage": { discovery: true } }],
  ["prod with privileged agents", "prod", { ...domain, "homeslice:agent": { hostAccess: "full" } }],
  ["prod with PostgreSQL in instances", "prod", { ...domain, "homeslice:postgresql": { highAvailability: true } }],
  ["prod with services of one's own", "prod", { ...domain, "homeslice:services": ownServices }],
  [
    "prod with a certificate by ACME",
    "prod",
    { ...domain, "homeslice:traefik": { replicas: 1 }, "homeslice:tls": { acme } },
  ],
  ["dev from a mirror", "dev", { ...domain, "homeslice:images": { registry: "mirror.example.org/proxy" } }],
  [
    "dev with images built",
    "dev",
    { ...domain, "homeslice:images": { build: { repository: "registry.example.org/x" } } },
  ],
];

const Ingress = z.object({
  metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()) }),
});
const DynamicFile = z.object({ http: z.object({ middlewares: z.record(z.string(), z.unknown()) }) });

/** Containers that need more than the "restricted" standard allows, each with its reason. */
const exceptions: Readonly<Record<string, string>> = {
  "agent/own-state": "gives the directory on the node to the agent's user, which takes root and two capabilities",
  "collector/server": "reads the logs of pods, which belong to root; it has no capability and writes nothing",
  "agent/server": "is privileged where agent.hostAccess is full",
};

/** Variables that hold a secret itself, each with its reason. */
const readFromTheEnvironmentAlone: Readonly<Record<string, string>> = {
  "authentik-worker/worker AUTHENTIK_BOOTSTRAP_TOKEN": "Authentik reads no file for it; the worker alone needs it",
  "authentik-worker/worker AUTHENTIK_BOOTSTRAP_PASSWORD": "Authentik reads no file for it; the worker alone needs it",
};

/** Services whose pages are reached without the sign-on, each with its reason. */
const withoutSignOn: Readonly<Record<string, string>> = {
  authentik: "is the sign-on",
  grafana: "logs people in by OpenID Connect, and answers nobody else",
  orchestrator: "logs people in by itself, and every route of its API names who may use it",
};

const irreplaceable = new Set([
  "Namespace",
  "PersistentVolumeClaim",
  "Secret",
  "StatefulSet",
  "Cluster",
  "RandomPassword",
  "PrivateKey",
]);

/** Secrets that Authentik makes, and makes again. */
const madeAgain = new Set(["sso-grafana-client", "sso-homepage-token", "sso-orchestrator-client"]);

describe.each(programs)("the program of %s", (name, stack, values) => {
  let deployed: Deployed;
  let workloads: readonly RenderedWorkload[];
  beforeAll(async () => {
    deployed = await deploy(stack, values);
    workloads = workloadsOf(deployed.resources);
  });

  const objects = () => deployed.resources.filter(({ type }) => /^kubernetes:(?!index|.*provider)/.test(type));
  const ofKind = (kind: string) =>
    deployed.resources.filter((resource) => resource.kind === kind && !resource.type.startsWith("homeslice:"));
  const eachContainer = (check: (container: RenderedContainer, workload: RenderedWorkload, label: string) => void) => {
    expect(workloads.length).toBeGreaterThan(5);
    for (const workload of workloads) {
      for (const container of workload.containers) check(container, workload, `${workload.name}/${container.name}`);
    }
  };

  it("gives every container that serves its three probes", () => {
    for (const { kind, name: workload, pod } of workloads.filter(({ kind }) => !kind.endsWith("Job"))) {
      for (const { startupProbe, readinessProbe, livenessProbe } of pod.containers) {
        for (const probe of [startupProbe, readinessProbe, livenessProbe]) {
          expect(probe, `${kind} ${workload}`).toBeTypeOf("object");
        }
      }
    }
  });

  it("gives every container requests and limits of CPU, memory and disk", () => {
    eachContainer(({ resources }, _, label) => {
      for (const amounts of [resources.requests, resources.limits]) {
        expect(Object.keys(amounts).sort(), label).toEqual(["cpu", "ephemeral-storage", "memory"]);
      }
    });
  });

  it("locks every container down, but for the exceptions with a reason", () => {
    eachContainer(({ securityContext }, { pod }, label) => {
      expect(pod.securityContext, label).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      });
      if (label in exceptions && securityContext["runAsUser"] === 0) return;
      expect(securityContext, label).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        capabilities: { drop: ["ALL"] },
      });
    });
  });

  it("keeps what touches a node out of namespaces under the restricted standard", () => {
    const restricted = ofKind("Namespace")
      .map(metadataOf)
      .filter(({ labels }) => labels["pod-security.kubernetes.io/enforce"] === "restricted")
      .map((metadata) => metadata.name);
    expect(restricted).toContain(`homeslice-${stack}`);
    for (const { namespace, pod, containers } of workloads.filter((workload) =>
      restricted.includes(workload.namespace),
    )) {
      expect(pod.hostPID, namespace).toBe(false);
      expect(pod.volumes.filter(({ hostPath }) => hostPath)).toEqual([]);
      expect(
        containers.filter(({ securityContext }) => securityContext["privileged"] || securityContext["runAsUser"] === 0),
      ).toEqual([]);
    }
  });

  it("gives every workload an account of its own, without a token", () => {
    const accounts = workloads.map(({ namespace, pod }) => `${namespace}/${pod.serviceAccountName}`);
    const existing = ofKind("ServiceAccount").map(metadataOf);
    expect(new Set(accounts).size).toBe(workloads.length);
    expect(accounts.toSorted()).toEqual(existing.map((account) => `${account.namespace}/${account.name}`).toSorted());
    for (const { pod } of workloads) expect(pod.automountServiceAccountToken).toBe(false);
  });

  it("labels every object, and tells the pods of any two workloads apart", () => {
    const required = ["name", "component", "instance", "part-of", "managed-by"].map(
      (label) => `app.kubernetes.io/${label}`,
    );
    expect(objects().length).toBeGreaterThan(30);
    for (const object of objects())
      expect(Object.keys(metadataOf(object).labels), object.name).toEqual(expect.arrayContaining(required));
    for (const { name: workload, selector, podLabels } of workloads) {
      if (selector) expect(podLabels, workload).toMatchObject(selector);
    }
    const identities = workloads.map(({ podLabels }) => JSON.stringify(podLabels));
    expect(new Set(identities).size).toBe(workloads.length);
  });

  it("runs images of the one table alone, none by a moving tag", () => {
    const { references, registry, build } = deployed.config.images;
    const own = Object.values(deployed.config.services).map(({ image }) => image);
    const table = [...Object.values(references), ...own].map((image) =>
      registry ? image.replace(/^[^/]+/, registry) : image,
    );
    eachContainer(({ image }, _, label) => {
      expect(image, label).toMatch(/:[\w.-]+$|@sha256:[a-f0-9]{64}$/);
      expect(image, label).not.toContain(":latest");
      expect(build && image.startsWith(build.repository) ? image : table, label).toContain(image);
    });
  });

  it("keeps generated secrets in Secrets alone, marked as secret", () => {
    const secrets = ofKind("Secret");
    expect(secrets.length).toBeGreaterThan(4);
    for (const { name: secret, inputs } of secrets) {
      const { data } = z.object({ data: z.unknown() }).parse(inputs);
      expect(secretValue(data), secret).toBeTypeOf("object");
    }
    const others = deployed.resources.filter(({ kind, type }) => kind !== "Secret" && !type.startsWith("tls:"));
    for (const { kind, type, name: resource, inputs } of others) {
      // What the program makes in Authentik and Grafana gets its secrets by the API: marked as such, or not at all.
      const byApi = /^(pulumi:providers:)?(homeslice|grafana)\b/.test(type);
      const text = JSON.stringify(inputs, byApi ? unmarked : undefined);
      expect(text, `${kind} ${resource}`).not.toMatch(/cleartext-of|Y2xlYXJ0ZXh0LW9m|4dabf18193072939515e22adb298388d/);
    }
  });

  it("hands secrets to programs as files alone", () => {
    eachContainer(({ env, args, command }, _, label) => {
      for (const { name: variable, value, valueFrom } of env) {
        if (valueFrom?.secretKeyRef) expect(Object.keys(readFromTheEnvironmentAlone)).toContain(`${label} ${variable}`);
        else if (/PASS|SECRET|TOKEN|KEY/.test(variable)) {
          expect(`${variable}=${value}`, label).toMatch(/_FILE(?:_\w+)?=\/run\/secrets\/|=file:\/\/\/run\/secrets\//);
        }
      }
      expect([...args, ...command].join(" "), label).not.toMatch(/--?(?:requirepass|password|pass)\b/);
    });
  });

  it("mounts nothing that does not exist in the namespace", () => {
    const existing = [...ofKind("Secret"), ...ofKind("ConfigMap")]
      .map(metadataOf)
      .map(({ namespace, name }) => `${namespace}/${name}`);
    for (const { namespace, pod, containers } of workloads) {
      for (const { secret, configMap } of pod.volumes) {
        const name = secret?.secretName ?? configMap?.name;
        if (name) expect(existing).toContain(`${namespace}/${name}`);
      }
      const volumes = [...pod.volumes.map((volume) => volume.name), "data"];
      for (const { volumeMounts } of containers)
        for (const mount of volumeMounts) expect(volumes).toContain(mount.name);
    }
  });

  it("guards what holds data or secrets as the environment demands, and nothing else", () => {
    const guarded = deployed.resources.filter(({ options }) => options.protect && options.retainOnDelete);
    const lasting = deployed.resources.filter(
      ({ kind, name: label }) => irreplaceable.has(kind) && !madeAgain.has(label),
    );
    const expected = stack === "prod" ? lasting : [];
    expect(guarded).toEqual(expected);
    expect(expected.length > 0).toBe(stack === "prod");
  });

  it("leaves nothing to a default provider or without a parent", () => {
    for (const { name: object, provider } of objects()) expect(provider, object).toContain("environment-cluster");
    for (const { name: resource, options } of deployed.resources.filter(({ custom }) => custom)) {
      expect(options.parent, resource).toBeDefined();
    }
  });

  it("SF8: puts the sign-on before every route, but to what finds out itself who is there", () => {
    const routes = ofKind("Ingress").map(({ inputs }) => Ingress.parse(inputs).metadata);
    const dynamic = deployed.find("ConfigMap", "traefik-dynamic");
    const { http } = DynamicFile.parse(JSON.parse(dataOf(dynamic)["dynamic.yaml"] ?? ""));
    expect(routes.length).toBeGreaterThan(1);
    for (const { name: route, annotations } of routes) {
      const applied = (annotations["traefik.ingress.kubernetes.io/router.middlewares"] ?? "")
        .split(",")
        .filter(Boolean);
      // A router whose middleware is missing is not served at all; it must not come to that.
      for (const each of applied) expect(Object.keys(http.middlewares), route).toContain(each.replace("@file", ""));
      const service = route.replace(/^(?:login-\d+|outpost)-/, "");
      if (applied.includes("sign-on@file") || route.startsWith("outpost-")) continue;
      expect(Object.keys(withoutSignOn), route).toContain(service);
    }
  });

  it("keeps all but one instance running while nodes are drained", () => {
    const several = workloads
      .filter(({ replicas }) => replicas > 1)
      .map((workload) => workload.name)
      .toSorted();
    expect(
      ofKind("PodDisruptionBudget")
        .map((budget) => metadataOf(budget).name)
        .toSorted(),
    ).toEqual(several);
    expect(several.length > 1).toBe(stack === "prod");
    expect(name).toContain(stack);
  });
});
