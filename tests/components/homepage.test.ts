import { tileGroups } from "@homeslice/config/identityRules.ts";
import { catalogueOf } from "@homeslice/stacks/catalogue.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { type Deployed, deploy } from "./deploy.ts";
import { dataOf, metadataOf, rendered } from "./rendered.ts";

const domain = { "homeslice:domain": "home.example.org" };
const Tile = z.object({
  href: z.string().optional(),
  siteMonitor: z.string(),
  widget: z.looseObject({ type: z.string() }).optional(),
});
const Services = z.array(z.record(z.string(), z.array(z.record(z.string(), Tile))));

const files = ({ find }: Deployed) => dataOf(find("ConfigMap", "homepage-config"));
const file = (deployed: Deployed, name: string): unknown => parse(files(deployed)[name] ?? "");
const tiles = (deployed: Deployed) =>
  Services.parse(file(deployed, "services.yaml")).flatMap((group) =>
    Object.entries(group).flatMap(([heading, entries]) =>
      entries.flatMap((entry) => Object.entries(entry).map(([title, tile]) => ({ heading, title, ...tile }))),
    ),
  );
const withSettings = (homepage: object, more: object = {}) =>
  deploy("dev", { ...domain, "homeslice:homepage": homepage, ...more });

let deployed: Deployed;
beforeAll(async () => {
  deployed = await deploy("prod", domain);
});

describe("the tiles of the home page", () => {
  it("are those of the catalogue, each once, at its public address, watched from inside the cluster", () => {
    const declared = Object.values(catalogueOf(deployed.config)).filter(({ web, status }) => web?.tile ?? status);
    const shown = tiles(deployed);
    expect(shown.map(({ title }) => title).toSorted()).toEqual(declared.map(({ title }) => title).toSorted());
    expect(shown.find(({ title }) => title === "Authentik")).toMatchObject({
      heading: "Platform",
      href: "https://auth.home.example.org",
      siteMonitor: "http://authentik.homeslice-prod.svc:9000/-/health/live/",
    });
  });

  it("show the edge, which has no page, by its dashboard, with the end of its certificate", async () => {
    const edge = (from: Deployed) => tiles(from).find(({ title }) => title === "Traefik");
    expect(edge(deployed)).toMatchObject({
      heading: "Platform",
      href: "https://grafana.home.example.org/d/homeslice-traefik",
      siteMonitor: "http://traefik.homeslice-prod-edge.svc:8080/ping",
      widget: {
        metrics: [{}, { query: "min(traefik_tls_certs_not_after) - time()", format: { type: "duration" } }],
      },
    });
    expect(edge(await withSettings({}, { "homeslice:grafana": { enabled: false } }))?.href).toBeUndefined();
  });

  it("stand under the headings that links may not take", () => {
    const headings = new Set(tiles(deployed).map(({ heading }) => heading));
    expect([...headings].filter((heading) => !tileGroups.some((taken) => taken === heading))).toEqual([]);
  });

  it("show numbers by Prometheus, which go with it", async () => {
    const numbers = (from: Deployed) => tiles(from).filter(({ widget }) => widget?.type === "prometheusmetric");
    expect(numbers(deployed).map(({ title }) => title)).toContain("Homeslice");
    expect(numbers(await withSettings({}, { "homeslice:prometheus": { enabled: false } }))).toEqual([]);
  });

  it("go when the service is switched off", async () => {
    const without = await withSettings({}, { "homeslice:authentik": { enabled: false } });
    expect(tiles(without).map(({ title }) => title)).not.toContain("Authentik");
  });

  it("come with a service of the user's own", async () => {
    const wiki = { image: "ghcr.io/example/wiki:1", port: 3000, tile: { group: "Family", description: "Notes" } };
    const [tile] = tiles(await withSettings({}, { "homeslice:services": { wiki } })).filter(
      ({ heading }) => heading === "Family",
    );
    expect(tile).toMatchObject({
      title: "wiki",
      href: "https://wiki.home.example.org",
      siteMonitor: "http://wiki.homeslice-dev.svc:3000/",
    });
  });
});

describe("the files of the home page", () => {
  it("are all those that it would otherwise write itself", () => {
    expect(Object.keys(files(deployed)).toSorted()).toEqual([
      "bookmarks.yaml",
      "custom.css",
      "custom.js",
      "docker.yaml",
      "kubernetes.yaml",
      "proxmox.yaml",
      "services.yaml",
      "settings.yaml",
      "widgets.yaml",
    ]);
  });

  it("hold the links of the settings in the shape that Homepage reads", async () => {
    const bookmarks = { Reading: { Documentation: "https://docs.example.org", 'A "quoted": name': "https://a.org" } };
    expect(file(await withSettings({ bookmarks }), "bookmarks.yaml")).toEqual([
      {
        Reading: [
          { Documentation: [{ href: "https://docs.example.org" }] },
          { 'A "quoted": name': [{ href: "https://a.org" }] },
        ],
      },
    ]);
  });

  it("hold the look of the settings, and every group in its place", async () => {
    const look = { title: "Our house", theme: "light", color: "teal", columns: 4 };
    const changed = await withSettings({ ...look, bookmarks: { Reading: { Docs: "https://docs.example.org" } } });
    const { layout, ...rest } = z
      .looseObject({ layout: z.array(z.record(z.string(), z.unknown())) })
      .parse(file(changed, "settings.yaml"));
    expect(rest).toMatchObject({ title: "Our house", theme: "light", color: "teal" });
    const headings = [...new Set(tiles(changed).map(({ heading }) => heading)), "Reading"];
    expect(layout).toEqual(headings.map((heading) => ({ [heading]: { style: "row", columns: 4 } })));
  });

  it("hold no secret", () => {
    expect(JSON.stringify(files(deployed))).not.toMatch(/cleartext-of/);
  });

  it("are mounted one by one beside what it writes, and replace the pods when they change", async () => {
    const [container] = rendered(deployed.find("Deployment", "homepage-deployment")).containers;
    const mounts = container?.volumeMounts.filter(({ mountPath }) => mountPath.startsWith("/app/config/")) ?? [];
    const writable = mounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath);
    expect(writable).toEqual(["/app/config/logs"]);
    const single = mounts.filter(({ readOnly }) => readOnly).map(({ mountPath }) => mountPath.split("/").at(-1));
    expect(single.toSorted()).toEqual(Object.keys(files(deployed)).toSorted());
    const nameWith = async (title: string) =>
      metadataOf((await withSettings({ title })).find("ConfigMap", "homepage-config")).name;
    expect(await nameWith("one")).not.toBe(await nameWith("two"));
  });
});

describe("the home page", () => {
  const container = () => rendered(deployed.find("Deployment", "homepage-deployment")).containers[0];

  it("answers to its public name and to the address of its pod, which stands before it in the environment", () => {
    const names = container()?.env.map(({ name }) => name) ?? [];
    const hosts = container()?.env.find(({ name }) => name === "HOMEPAGE_ALLOWED_HOSTS")?.value;
    expect(hosts).toBe("home.example.org,$(POD_IP):3000");
    expect(names.indexOf("POD_IP")).toBeLessThan(names.indexOf("HOMEPAGE_ALLOWED_HOSTS"));
  });

  it("is asked about its health under a name that it answers to", () => {
    const probe = {
      httpGet: { path: "/api/healthcheck", port: "http", httpHeaders: [{ name: "Host", value: "localhost:3000" }] },
    };
    expect(deployed.find("Deployment", "homepage-deployment").inputs).toMatchObject({
      spec: { template: { spec: { containers: [{ livenessProbe: probe, readinessProbe: probe }] } } },
    });
  });

  it("has no rights in the cluster unless it is to look for itself", async () => {
    const roles = (from: Deployed) =>
      from.resources.filter(({ kind, name }) => /Role/.test(kind) && name.startsWith("homepage"));
    expect(roles(deployed)).toEqual([]);
    const looking = await withSettings({ discovery: true });
    expect(file(looking, "kubernetes.yaml")).toMatchObject({ mode: "cluster", ingress: true });
    expect(roles(looking).map(({ kind }) => kind)).toEqual(["ClusterRole", "ClusterRoleBinding"]);
    expect(looking.find("ClusterRole", "homepage-cluster-role").inputs).toMatchObject({
      rules: [
        { verbs: ["get", "list"], resources: ["ingresses"] },
        { verbs: ["get", "list"], resources: ["pods"] },
      ],
    });
  });

  it("is not there when it is switched off", async () => {
    const without = await withSettings({ enabled: false });
    expect(without.resources.filter(({ name }) => name.includes("homepage"))).toEqual([]);
  });
});
