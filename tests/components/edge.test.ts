import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Deployed, deploy, type Registered } from "./deploy.ts";
import { dataOf, dependenciesOf, metadataOf, rendered } from "./rendered.ts";

const domain = { "homeslice:domain": "home.example.org" };
const acme = { acme: { email: "me@example.org", provider: "cloudflare", credentials: { CF_DNS_API_TOKEN: "t0ken" } } };
const byAcme = { ...domain, "homeslice:tls": acme, "homeslice:traefik": { replicas: 1 } };

const Ingress = z.object({
  metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()) }),
  spec: z.object({
    tls: z.array(z.object({ hosts: z.array(z.string()) })),
    rules: z.array(
      z.object({
        host: z.string(),
        http: z.object({ paths: z.array(z.object({ path: z.string() })) }),
      }),
    ),
  }),
});

function routes(deployed: Deployed) {
  const ingresses = deployed.resources.filter(({ kind }) => kind === "Ingress");
  return ingresses.map(({ inputs }) => {
    const { metadata, spec } = Ingress.parse(inputs);
    const [rule] = spec.rules;
    const middlewares = metadata.annotations["traefik.ingress.kubernetes.io/router.middlewares"] ?? "";
    const path = rule?.http.paths[0]?.path ?? "";
    return { name: metadata.name, host: rule?.host ?? "", path, middlewares, tls: spec.tls[0]?.hosts[0] };
  });
}

const fileOf = ({ find }: Deployed, name: string, file: string): unknown =>
  JSON.parse(dataOf(find("ConfigMap", `traefik-${name}`))[file] ?? "");
const staticFile = (deployed: Deployed) => fileOf(deployed, "static", "traefik.yaml");
const dynamicFile = (deployed: Deployed) => fileOf(deployed, "dynamic", "dynamic.yaml");

describe("the edge", () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy("prod", domain);
  });

  it("asks Authentik before every page of a service without a login of its own, and of no other", () => {
    const found = routes(deployed);
    const guarded = found.filter(({ middlewares }) => middlewares.includes("sign-on@file")).map(({ name }) => name);
    expect(guarded).toEqual(expect.arrayContaining(["homepage", "prometheus", "alertmanager"]));
    expect(guarded).not.toContain("authentik");
    for (const name of guarded) {
      expect(Object.keys(deployed.outputs.edge.urls)).toContain(name);
      const outpost = found.find((route) => route.name === `outpost-${name}`);
      expect(outpost).toMatchObject({ path: "/outpost.goauthentik.io/", middlewares: "" });
    }
  });

  it("publishes nothing in clear text, and every name under the domain", () => {
    for (const { host, tls } of routes(deployed)) {
      expect(tls).toBe(host);
      expect(host === "home.example.org" || host.endsWith(".home.example.org"), host).toBe(true);
    }
    expect(staticFile(deployed)).toMatchObject({
      entryPoints: {
        web: { http: { redirections: { entryPoint: { to: ":443", scheme: "https", permanent: true } } } },
      },
    });
  });

  it("deletes headers whose names others can be taken for, wherever requests come in", () => {
    const EntryPoints = z.record(
      z.string(),
      z.looseObject({ http: z.looseObject({ aliasHeadersStrategy: z.string() }) }),
    );
    const { entryPoints } = z.object({ entryPoints: EntryPoints }).parse(staticFile(deployed));
    const strategies = Object.values(entryPoints).map(({ http }) => http.aliasHeadersStrategy);
    expect(strategies).toEqual(["delete", "delete", "delete", "delete"]);
  });

  it("trusts nobody's word on who the client is, but that of proxies that are named", async () => {
    const trusted = (of: unknown) =>
      z
        .object({
          entryPoints: z.object({
            websecure: z.object({ forwardedHeaders: z.object({ trustedIPs: z.array(z.string()) }) }),
          }),
        })
        .parse(of).entryPoints.websecure.forwardedHeaders.trustedIPs;
    expect(trusted(staticFile(deployed))).toEqual([]);
    const behind = await deploy("prod", { ...domain, "homeslice:traefik": { trustedProxies: ["10.0.0.0/8"] } });
    expect(trusted(staticFile(behind))).toEqual(["10.0.0.0/8"]);
    expect(JSON.stringify(dynamicFile(behind))).toContain('"excludedIPs":["10.0.0.0/8"]');
  });

  it("may read Secrets of its own namespace alone, where there is nothing but its own", () => {
    const rules = (resource: Registered) =>
      z
        .object({ rules: z.array(z.object({ resources: z.array(z.string()), verbs: z.array(z.string()) })) })
        .parse(resource.inputs).rules;
    const everywhere = rules(deployed.find("ClusterRole", "traefik-cluster-role"));
    expect(everywhere.flatMap(({ resources }) => resources)).toEqual(["ingressclasses", "nodes"]);
    expect(everywhere.flatMap(({ verbs }) => verbs)).not.toContain("update");
    const here = deployed.resources.filter(
      (resource) => resource.kind === "Secret" && metadataOf(resource).namespace === "homeslice-prod-edge",
    );
    expect(here.map(({ name }) => name)).toEqual(["traefik-key"]);
  });

  it("has a route only once the service and the edge are ready", async () => {
    const before = await dependenciesOf(deployed.find("Ingress", "routes-orchestrator"));
    expect(before).toEqual(expect.arrayContaining(["orchestrator", "traefik-deployment", "traefik-class"]));
  });

  it("publishes nothing that needs the sign-on as long as there is none", async () => {
    const without = await deploy("prod", { ...domain, "homeslice:authentik": { enabled: false } });
    const names = routes(without).map(({ name }) => name);
    expect(names).toContain("orchestrator");
    expect(names.filter((name) => /homepage|prometheus|alertmanager|outpost/.test(name))).toEqual([]);
    expect(JSON.stringify(dynamicFile(without))).not.toContain("forwardAuth");
  });

  it("bans, and lets few attempts through, where a service says that it tries passwords", async () => {
    const wiki = { image: "example.org/wiki:1", port: 3000, access: "everyone", logins: ["/login"] };
    const deployed = await deploy("prod", { ...domain, "homeslice:services": { wiki } });
    expect(routes(deployed).find(({ path }) => path === "/login")).toMatchObject({
      name: "login-0-wiki",
      middlewares: "login-limit@file",
    });
    expect(dynamicFile(deployed)).toMatchObject({
      http: {
        middlewares: { "login-limit": { chain: { middlewares: ["login-ban", "login-rate", "login-concurrency"] } } },
      },
    });
  });

  it("has no plugin where nobody is to be banned", async () => {
    const without = await deploy("prod", { ...domain, "homeslice:traefik": { ban: { enabled: false } } });
    expect(JSON.stringify([staticFile(without), dynamicFile(without)])).not.toMatch(/"ban|-ban|plugin|manualRouting/i);
    expect(without.resources.filter(({ name }) => name === "traefik-ban")).toEqual([]);
  });

  it("goes and comes back as a whole", async () => {
    const without = await deploy("prod", { ...domain, "homeslice:traefik": { enabled: false } });
    expect(
      without.resources.filter(({ name }) => /^(traefik|routes|certificates|environment-edge)/.test(name)),
    ).toEqual([]);
    expect(without.outputs.edge).toEqual({ urls: {}, certificateAuthority: undefined });
  });
});

describe("a certificate by ACME", () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy("prod", byAcme);
  });

  it("is one for the domain and every name under it, kept on a volume of the one instance", () => {
    expect(dynamicFile(deployed)).toMatchObject({
      tls: {
        stores: {
          default: {
            defaultGeneratedCert: {
              resolver: "acme",
              domain: { main: "home.example.org", sans: ["*.home.example.org"] },
            },
          },
        },
      },
    });
    expect(rendered(deployed.find("StatefulSet", "traefik-statefulset")).replicas).toBe(1);
    expect(deployed.resources.filter(({ type }) => type.startsWith("tls:"))).toEqual([]);
  });

  it("gets the secrets of the DNS provider as files", () => {
    const [server] = rendered(deployed.find("StatefulSet", "traefik-statefulset")).containers;
    const token = { name: "CF_DNS_API_TOKEN_FILE", value: "/run/secrets/traefik-dns/CF_DNS_API_TOKEN" };
    expect(server?.env).toContainEqual(expect.objectContaining(token));
    const texts = deployed.resources
      .filter(({ kind }) => kind !== "Secret")
      .map(({ inputs }) => JSON.stringify(inputs));
    expect(texts.filter((text) => text.includes("t0ken"))).toEqual([]);
  });

  it("comes from the test server when asked to", async () => {
    const staging = { acme: { ...acme.acme, staging: true } };
    const { find, ...rest } = await deploy("prod", { ...byAcme, "homeslice:tls": staging });
    expect(JSON.stringify(staticFile({ find, ...rest }))).toContain("https://acme-staging-v02.api.letsencrypt.org");
    expect(JSON.stringify(staticFile(deployed))).toContain("https://acme-v02.api.letsencrypt.org");
  });
});
