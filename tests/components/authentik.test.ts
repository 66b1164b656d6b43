import { beforeAll, describe, expect, it } from "vitest";
import { type Deployed, deploy } from "./deploy.ts";
import { rendered } from "./rendered.ts";

const domain = { "homeslice:domain": "home.example.org" };
let deployed: Deployed;
beforeAll(async () => {
  deployed = await deploy("prod", domain);
});

const parts = [
  ["server", "authentik-deployment"],
  ["worker", "authentik-worker-deployment"],
] as const;
const container = (name: string, from = deployed) => {
  const [only] = rendered(from.find("Deployment", name)).containers;
  if (!only) throw new Error(`${name} has no container`);
  return only;
};
const variables = (name: string, from = deployed) =>
  Object.fromEntries(container(name, from).env.map(({ name: variable, value }) => [variable, value]));

describe.each(parts)("the %s of Authentik", (command, name) => {
  it("runs the one image of the version that its provider is made for", () => {
    expect(container(name)).toMatchObject({ image: "ghcr.io/goauthentik/server:2026.8.3", args: [command] });
  });

  it("finds its database and reads the secrets from files", () => {
    expect(variables(name)).toMatchObject({
      AUTHENTIK_POSTGRESQL__HOST: "postgresql.homeslice-prod.svc",
      AUTHENTIK_POSTGRESQL__PORT: "5432",
      AUTHENTIK_POSTGRESQL__NAME: "authentik",
      AUTHENTIK_POSTGRESQL__USER: "authentik",
      AUTHENTIK_POSTGRESQL__PASSWORD: "file:///run/secrets/postgresql-authentik/password",
      AUTHENTIK_SECRET_KEY: "file:///run/secrets/authentik-keys/secret-key",
    });
  });

  it("knows its public address, and whose word on it to take", () => {
    expect(variables(name)).toMatchObject({
      AUTHENTIK_WEB__BASE_URL: "https://auth.home.example.org",
      AUTHENTIK_LISTEN__TRUSTED_PROXY_CIDRS: "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fe80::/10,::1/128",
    });
  });

  it("tells nobody outside about itself", () => {
    expect(variables(name)).toMatchObject({
      AUTHENTIK_DISABLE_UPDATE_CHECK: "true",
      AUTHENTIK_ERROR_REPORTING__ENABLED: "false",
    });
  });

  it("may write to memory and to /tmp, and nowhere else", () => {
    const writable = container(name).volumeMounts.filter(({ readOnly }) => !readOnly);
    expect(writable.map(({ mountPath }) => mountPath)).toEqual(["/dev/shm", "/tmp"]);
  });

  it("has ten minutes to start", () => {
    expect(deployed.find("Deployment", name).inputs).toMatchObject({
      spec: { template: { spec: { containers: [{ startupProbe: { periodSeconds: 2, failureThreshold: 300 } }] } } },
    });
  });
});

describe("Authentik", () => {
  it("is asked about its health by the addresses that it has, slash at the end included", () => {
    const get = (path: string) => ({ httpGet: { path, port: "http" } });
    expect(deployed.find("Deployment", "authentik-deployment").inputs).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [{ livenessProbe: get("/-/health/live/"), readinessProbe: get("/-/health/ready/") }],
          },
        },
      },
    });
    const { startupProbe, readinessProbe, livenessProbe } = container("authentik-worker-deployment");
    for (const probe of [startupProbe, readinessProbe, livenessProbe]) {
      expect(probe?.exec?.command).toEqual(["ak", "healthcheck"]);
    }
  });

  it("shows the first administrator's token to the worker alone, which makes the administrator", () => {
    const handed = ([, name]: (typeof parts)[number]) =>
      container(name).env.flatMap(({ name: variable, valueFrom }) => (valueFrom?.secretKeyRef ? [variable] : []));
    expect(parts.map(handed)).toEqual([[], ["AUTHENTIK_BOOTSTRAP_TOKEN", "AUTHENTIK_BOOTSTRAP_PASSWORD"]]);
    for (const [, name] of parts) {
      const { volumes } = rendered(deployed.find("Deployment", name)).pod;
      const keys = volumes.find((volume) => volume.name === "authentik-keys")?.secret?.items;
      expect(keys).toEqual([{ key: "secret-key" }]);
    }
  });

  it("has nothing of Redis in its environment: it uses none", () => {
    for (const [, name] of parts) expect(JSON.stringify(variables(name))).not.toMatch(/redis/i);
  });

  it("has a key longer than it demands, and a database password no longer than it bears", () => {
    const length = (name: string) => deployed.find("RandomPassword", name).inputs;
    expect(length("authentik-secret-key")).toMatchObject({ length: 64 });
    expect(length("postgresql-authentik-password")).toMatchObject({ length: 32 });
  });

  it("takes the word of the ranges that are configured in place of the private ones", async () => {
    const trustedProxies = ["127.0.0.0/8", "100.64.0.0/10"];
    const changed = await deploy("dev", { ...domain, "homeslice:authentik": { trustedProxies } });
    expect(variables("authentik-deployment", changed)["AUTHENTIK_LISTEN__TRUSTED_PROXY_CIDRS"]).toBe(
      "127.0.0.0/8,100.64.0.0/10",
    );
  });
});

describe("Authentik switched off", () => {
  let off: Deployed;
  beforeAll(async () => {
    off = await deploy("prod", { ...domain, "homeslice:authentik": { enabled: false } });
  });

  it("does not run", () => {
    const own = off.resources.filter(({ name }) => name.startsWith("authentik"));
    expect(new Set(own.map(({ kind }) => kind))).toEqual(new Set(["Authentik", "RandomPassword", "Secret"]));
  });

  it("keeps its keys and its database, neither of which is worth anything without the other", () => {
    const kept = (from: Deployed) =>
      from.resources.filter(({ name, kind }) => /authentik/.test(name) && /^(?:Secret|RandomPassword)$/.test(kind));
    expect(kept(off).map(({ name }) => name)).toEqual(kept(deployed).map(({ name }) => name));
    expect(off.find("Job", "postgresql-authentik-job")).toBeDefined();
  });
});
