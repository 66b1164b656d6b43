import { catalogueOf } from "@homeslice/stacks/catalogue.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Deployed, deploy } from "../components/deploy.ts";
import { dataOf, metadataOf, rendered } from "../components/rendered.ts";

const domain = { "homeslice:domain": "home.example.org" };
const Config = z.object({
  alerting: z.unknown().optional(),
  scrape_configs: z.array(
    z.object({
      job_name: z.string(),
      metrics_path: z.string(),
      dns_sd_configs: z.array(z.object({ names: z.array(z.string()), port: z.number() })).optional(),
      static_configs: z.array(z.object({ labels: z.record(z.string(), z.string()) })).optional(),
    }),
  ),
});
const prometheusOf = ({ find }: Deployed) =>
  Config.parse(JSON.parse(dataOf(find("ConfigMap", "prometheus-config"))["prometheus.yml"] ?? ""));

describe("Prometheus", () => {
  let deployed: Deployed;
  beforeAll(async () => {
    const wiki = { image: "ghcr.io/example/wiki:1", port: 3000, metrics: { port: 9000, path: "/stats" } };
    deployed = await deploy("prod", { ...domain, "homeslice:services": { wiki } });
  });

  it("scrapes every service that declares metrics, one added by the user too", () => {
    const declared = Object.entries(catalogueOf(deployed.config)).flatMap(([name, { metrics }]) =>
      metrics ? [{ job_name: name, port: metrics.port, metrics_path: metrics.path ?? "/metrics" }] : [],
    );
    const scraped = prometheusOf(deployed).scrape_configs.filter(({ job_name }) => job_name !== "probe");
    const found = scraped.map(({ job_name, metrics_path, dns_sd_configs }) => ({
      job_name,
      port: dns_sd_configs?.[0]?.port,
      metrics_path,
    }));
    expect(found).toEqual(declared);
    expect(found).toContainEqual({ job_name: "wiki", port: 9000, metrics_path: "/stats" });
  });

  it("finds every instance by a name of the service's own namespace, which selects its pods", () => {
    const agents = prometheusOf(deployed).scrape_configs.find(({ job_name }) => job_name === "agent");
    expect(agents?.dns_sd_configs?.[0]?.names).toEqual(["agent-metrics.homeslice-prod-agents.svc"]);
    const named = deployed.find("Service", "prometheus-scrapes-agent");
    expect(metadataOf(named).namespace).toBe("homeslice-prod-agents");
    const { podLabels } = rendered(deployed.find("DaemonSet", "agent-daemonset"));
    const { spec } = z
      .object({ spec: z.object({ clusterIP: z.string(), selector: z.record(z.string(), z.string()) }) })
      .parse(named.inputs);
    expect(spec.clusterIP).toBe("None");
    expect(podLabels).toMatchObject(spec.selector);
  });

  it("has every public address probed, where the edge may ask for a login if it must", () => {
    const probes = prometheusOf(deployed).scrape_configs.find(({ job_name }) => job_name === "probe")?.static_configs;
    const modules = Object.fromEntries(
      (probes ?? []).map(({ labels }) => [labels["service"], labels["__param_module"]]),
    );
    expect(probes?.find(({ labels }) => labels["service"] === "homepage")?.labels["__param_hostname"]).toBe(
      deployed.outputs.edge.urls["homepage"]?.replace("https://", ""),
    );
    const published = Object.entries(catalogueOf(deployed.config)).filter(([, { web }]) => web);
    expect(Object.keys(modules)).toEqual(published.map(([name]) => name));
    expect(modules).toMatchObject({ orchestrator: "page", grafana: "page", prometheus: "guarded", wiki: "guarded" });
  });
});

describe("Grafana", () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy("prod", domain);
  });

  it("finds in its environment whatever its files ask for", () => {
    const [container] = rendered(deployed.find("Deployment", "grafana-deployment")).containers;
    const ini = dataOf(deployed.find("ConfigMap", "grafana-config"))["grafana.ini"] ?? "";
    const asked = [...ini.matchAll(/\$__env\{(\w+)\}/g)].map(([, name]) => name);
    expect(asked.length).toBeGreaterThan(3);
    expect(container?.env.map(({ name }) => name)).toEqual(expect.arrayContaining(asked));
  });

  it("lets groups be what their roles are", async () => {
    const roles = { admin: ["chiefs", "o'brien"], approver: ["mates"], operator: ["crew"] };
    const { find } = await deploy("prod", { ...domain, "homeslice:access": { roles } });
    const ini = dataOf(find("ConfigMap", "grafana-config"))["grafana.ini"];
    expect(ini).toContain(
      "role_attribute_path = (contains(groups[*], 'chiefs') || contains(groups[*], 'o\\'brien')) && 'Admin' || (contains(groups[*], 'mates') || contains(groups[*], 'crew')) && 'Editor' || 'Viewer'\n",
    );
  });

  it("lets people in by name and password alone where there is no sign-on", async () => {
    const { find } = await deploy("prod", { ...domain, "homeslice:authentik": { signOn: false } });
    expect(dataOf(find("ConfigMap", "grafana-config"))["grafana.ini"]).not.toContain("generic_oauth");
  });

  it("knows its public address", () => {
    const ini = dataOf(deployed.find("ConfigMap", "grafana-config"))["grafana.ini"];
    expect(ini).toContain("root_url = https://grafana.home.example.org\n");
  });
});

describe("a part that is switched off", () => {
  it.each([
    ["prometheus", ["prometheus", "node-exporter", "objects-exporter", "blackbox-exporter"]],
    ["alertmanager", ["alertmanager"]],
    ["loki", ["loki", "collector"]],
  ])("is gone with what serves it alone, and nobody asks for it: %s", async (name, gone) => {
    const { resources } = await deploy("dev", { ...domain, [`homeslice:${name}`]: { enabled: false } });
    const left = resources.filter((resource) => gone.some((service) => resource.name.startsWith(`${service}-`)));
    expect(left.map((resource) => resource.name)).toEqual([]);
    const texts = resources.filter(({ kind }) => kind === "ConfigMap").map(({ inputs }) => JSON.stringify(inputs));
    for (const service of gone) {
      expect(
        texts.filter((text) => text.includes(`http://${service}.`) || text.includes(`${service}-metrics.`)),
      ).toEqual([]);
    }
  });

  it("may be everything at once", async () => {
    const off = ["prometheus", "alertmanager", "loki", "grafana"].map((name) => [
      `homeslice:${name}`,
      { enabled: false },
    ]);
    const { resources } = await deploy("dev", { ...domain, ...Object.fromEntries(off) });
    expect(resources.length).toBeGreaterThan(50);
  });

  it("may be the exporter of PostgreSQL, which then is not scraped", async () => {
    const deployed = await deploy("dev", { ...domain, "homeslice:postgresql": { exporter: false } });
    expect(prometheusOf(deployed).scrape_configs.map(({ job_name }) => job_name)).not.toContain("postgresql");
  });
});
