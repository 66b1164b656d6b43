import { grafanaApi } from "@homeslice/components";
import { loadConfig } from "@homeslice/config";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Deployed, deploy } from "../components/deploy.ts";
import { dependenciesOf, secretValue } from "../components/rendered.ts";

const domain = { "homeslice:domain": "home.example.org" };
const contentsOf = ({ resources }: Deployed) =>
  resources
    .filter(({ type }) => /^(grafana:oss\/|homeslice:grafana:)/.test(type))
    .toSorted((one, other) => one.name.localeCompare(other.name, "en"));
const ofKind = (wanted: string) => contentsOf(deployed).filter(({ kind }) => kind === wanted);
const Check = z.object({ url: z.string() });
const Source = z.object({ secureJsonDataEncoded: z.unknown() });

let deployed: Deployed;
beforeAll(async () => {
  const grafana = {
    teams: { "data team": { email: "data@example.org" }, crew: {} },
    folders: { sales: { title: "Sales", viewers: "none", teams: { "data team": "edit" } } },
  };
  deployed = await deploy("prod", { ...domain, "homeslice:grafana": grafana });
});

describe("what is in Grafana", () => {
  it("has its sources of data under fixed uids, with the password marked as a secret", () => {
    const sources = ofKind("DataSource");
    expect(sources.map(({ inputs }) => inputs)).toMatchObject([
      { uid: "alertmanager", url: "http://alertmanager.homeslice-prod.svc:9093" },
      { uid: "loki", url: "http://loki.homeslice-prod.svc:3100" },
      { uid: "postgresql", url: "postgresql.homeslice-prod.svc:5432", username: "grafana-observer" },
      { uid: "prometheus", url: "http://prometheus.homeslice-prod.svc:9090", isDefault: true },
    ]);
    const { secureJsonDataEncoded } = Source.parse(sources[2]?.inputs);
    expect(secretValue(secureJsonDataEncoded)).toBe('{"password":"cleartext-of-postgresql-grafana-observer-password"}');
  });

  it("tries every source once it is there, Alertmanager by asking it through Grafana", () => {
    const paths = ofKind("DataSourceCheck").map(({ inputs }) => new URL(Check.parse(inputs).url).pathname);
    expect(paths).toEqual([
      "/api/datasources/proxy/uid/alertmanager/api/v2/status",
      "/api/datasources/uid/loki/health",
      "/api/datasources/uid/postgresql/health",
      "/api/datasources/uid/prometheus/health",
    ]);
  });

  it("comes after Grafana, and goes without a question when the namespace with its database goes", async () => {
    const contents = contentsOf(deployed).filter(({ type }) => type.startsWith("grafana:"));
    expect(contents.length).toBeGreaterThan(12);
    for (const content of contents) {
      expect(await dependenciesOf(content), content.name).toContain("grafana-deployment");
      expect(content.options.deletedWith, content.name).toBeDefined();
      expect(content.provider, content.name).toContain("::grafana-api");
    }
  });

  it("lets editors look at the dashboards of the platform, and teams into the folders that name them", () => {
    expect(deployed.find("FolderPermission", "grafana-permissions-platform").inputs).toMatchObject({
      permissions: [
        { role: "Viewer", permission: "View" },
        { role: "Editor", permission: "View" },
      ],
    });
    expect(deployed.find("Folder", "grafana-folder-sales").inputs).toMatchObject({
      uid: "sales",
      title: "Sales",
      preventDestroyIfNotEmpty: true,
    });
    expect(deployed.find("FolderPermission", "grafana-permissions-sales").inputs).toMatchObject({
      permissions: [
        { role: "Editor", permission: "Edit" },
        { teamId: "7", permission: "Edit" },
      ],
    });
    expect(ofKind("Team").map(({ inputs }) => inputs)).toEqual([
      { name: "crew" },
      { name: "data team", email: "data@example.org" },
    ]);
  });

  it("is not asked for when Grafana is switched off, and its keys and its database stay", async () => {
    const { resources } = await deploy("dev", { ...domain, "homeslice:grafana": { enabled: false } });
    const left = resources.filter(({ name }) => /^(postgresql-)?grafana-/.test(name));
    expect(left.map(({ kind, name }) => `${kind} ${name}`).filter((name) => !/NetworkPolicy|Job/.test(name))).toEqual(
      expect.arrayContaining([
        "RandomPassword grafana-admin-password",
        "RandomPassword grafana-key",
        "Secret grafana-installation",
        "RandomPassword postgresql-grafana-password",
      ]),
    );
    expect(left.filter(({ kind, type }) => kind === "Deployment" || type.includes("grafana:"))).toEqual([]);
  });
});

describe("the address by which Grafana's contents are brought about", () => {
  const apiOf = (stack: string, api: object = {}) =>
    grafanaApi(loadConfig(stack, { ...domain, "homeslice:environment": "dev", "homeslice:grafana": { api } }));

  it("is a port of this machine that stays the same for a stack, below those that systems give out", () => {
    expect(apiOf("dev")).toEqual(apiOf("dev"));
    expect(apiOf("dev").url).not.toBe(apiOf("prod").url);
    const ports = ["dev", "prod", "staging", "a-stack-of-some-name"].map((stack) => apiOf(stack).way?.port ?? 0);
    for (const port of ports) expect(port).toBeGreaterThanOrEqual(21_000);
    for (const port of ports) expect(port).toBeLessThan(30_000);
    expect(apiOf("dev").way?.target).toEqual({ namespace: "homeslice-dev", service: "grafana", port: 3000 });
  });

  it("is the port or the address that the configuration names", () => {
    expect(apiOf("dev", { port: 23_456 }).url).toBe("http://127.0.0.1:23456");
    const address = "https://grafana.home.example.org";
    expect(apiOf("dev", { address })).toEqual({ url: address, way: undefined });
  });
});
