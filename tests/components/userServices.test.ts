import { platformHosts, platformServices } from "@homeslice/config/edgeRules.ts";
import { catalogue } from "@homeslice/stacks/catalogue.ts";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { stackFile } from "../config/fixtures.ts";
import { deploy } from "./deploy.ts";
import { rendered, secretValue } from "./rendered.ts";

const image = "ghcr.io/example/wiki:1";
const deployed = (services: object) => deploy("dev", { ...stackFile("dev"), "homeslice:services": services });

describe("a service of one's own", () => {
  it("cannot take the name of any component of the platform, nor the host of any service", async () => {
    const { resources } = await deploy("dev", stackFile("dev"));
    const components = resources.filter(({ type }) => type.startsWith("homeslice:platform:")).map(({ name }) => name);
    expect(platformServices).toEqual(expect.arrayContaining([...components, ...Object.keys(catalogue)]));
    const Page = z.object({ web: z.object({ host: z.string() }) });
    const pages = Object.values(catalogue).flatMap((entry) => Page.safeParse(entry).data?.web.host ?? []);
    expect(platformHosts).toEqual(expect.arrayContaining(pages.filter((host) => host !== "")));
  });

  it("runs in as many instances as wanted, as the user wanted, with its environment", async () => {
    const { find } = await deployed({
      wiki: { image, port: 3000, replicas: 3, user: 4000, env: { LOG_LEVEL: "debug" } },
    });
    const { containers, pod, replicas } = rendered(find("Deployment", "wiki-deployment"));
    expect(replicas).toBe(3);
    expect(pod.securityContext).toMatchObject({ runAsUser: 4000, fsGroup: 4000, runAsNonRoot: true });
    expect(containers[0]).toMatchObject({ image, ports: [{ name: "http", containerPort: 3000 }] });
    expect(containers[0]?.env).toContainEqual(expect.objectContaining({ name: "LOG_LEVEL", value: "debug" }));
  });

  it("has one instance with a volume, where it asks for one", async () => {
    const { find } = await deployed({ wiki: { image, port: 3000, volume: { path: "/data", size: "3Gi" } } });
    const workload = find("StatefulSet", "wiki-statefulset");
    expect(workload.inputs).toMatchObject({
      spec: { replicas: 1, volumeClaimTemplates: [{ spec: { resources: { requests: { storage: "3Gi" } } } }] },
    });
    expect(rendered(workload).containers[0]?.volumeMounts).toContainEqual({ name: "data", mountPath: "/data" });
  });

  it("gets a database of its own, and finds it by its environment", async () => {
    const { find } = await deployed({ wiki: { image, port: 3000, uses: ["postgresql", "redis"] } });
    const environment = Object.fromEntries(
      rendered(find("Deployment", "wiki-deployment")).containers.flatMap(({ env }) =>
        env.map(({ name, value }) => [name, value]),
      ),
    );
    expect(environment).toMatchObject({
      DATABASE_HOST: "postgresql.homeslice-dev.svc",
      DATABASE_NAME: "wiki",
      DATABASE_USER: "wiki",
      DATABASE_PASSWORD_FILE: "/run/secrets/postgresql-wiki/password",
      REDIS_HOST: "redis.homeslice-dev.svc",
      REDIS_PASSWORD_FILE: "/run/secrets/redis-access/password",
    });
    expect(find("Job", "postgresql-wiki-job").kind).toBe("Job");
  });

  it("gets its secrets as files, or in its environment where it wants them there, and nowhere else", async () => {
    const secrets = { secretFiles: { KEY: "the key" }, secretEnv: { TOKEN: { secure: "the token" } } };
    const { find, resources } = await deployed({ wiki: { image, port: 3000, ...secrets } });
    const { containers, pod } = rendered(find("Deployment", "wiki-deployment"));
    expect(containers[0]?.env).toContainEqual({ name: "KEY_FILE", value: "/run/secrets/wiki-secrets/KEY" });
    const valueFrom = { secretKeyRef: { name: "wiki-secrets", key: "TOKEN" } };
    expect(containers[0]?.env).toContainEqual({ name: "TOKEN", valueFrom });
    expect(pod.volumes.find(({ secret }) => secret)?.secret?.items).toEqual([{ key: "KEY" }]);
    const { data } = z.object({ data: z.unknown() }).parse(find("Secret", "wiki-secrets").inputs);
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    expect(secretValue(data)).toEqual({ KEY: base64("the key"), TOKEN: base64("the token") });
    const others = resources.filter(({ kind }) => kind !== "Secret");
    expect(JSON.stringify(others.map(({ inputs }) => inputs))).not.toMatch(/the key|the token/);
  });

  it.each([
    ["ghcr.io/example/wiki:1", "mirror.example.org/proxy/example/wiki:1"],
    ["registry.example.org:5000/wiki:1", "mirror.example.org/proxy/wiki:1"],
    ["example/wiki:1", "mirror.example.org/proxy/example/wiki:1"],
  ])("comes from the mirror, where there is one: %s", async (original, mirrored) => {
    const { find } = await deploy("dev", {
      ...stackFile("dev"),
      "homeslice:images": { registry: "mirror.example.org/proxy" },
      "homeslice:services": { wiki: { image: original, port: 3000 } },
    });
    expect(rendered(find("Deployment", "wiki-deployment")).containers[0]?.image).toBe(mirrored);
  });

  it("is published under its name, behind the sign-on unless it says otherwise", async () => {
    const services = { wiki: { image, port: 3000 }, shop: { image, port: 3000, host: "store", access: "everyone" } };
    const { find, outputs } = await deployed(services);
    expect(outputs.edge.urls).toMatchObject({
      wiki: "https://wiki.dev.example.org",
      shop: "https://store.dev.example.org",
    });
    const middlewares = "traefik.ingress.kubernetes.io/router.middlewares";
    const annotations = (name: string) =>
      z
        .object({ metadata: z.object({ annotations: z.record(z.string(), z.string()) }) })
        .parse(find("Ingress", name).inputs).metadata.annotations;
    expect(annotations("routes-wiki")[middlewares]).toBe("sign-on@file");
    expect(annotations("routes-shop")[middlewares]).toBeUndefined();
  });
});
