import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeManifests } from "@homeslice/cli/cluster/render/folder.ts";
import { type Manifest, manifestsOf } from "@homeslice/cli/cluster/render/manifests.ts";
import { recordProgram } from "@homeslice/cli/cluster/render/recording.ts";
import { render } from "@homeslice/cli/cluster/render/render.ts";
import { loadConfig } from "@homeslice/config";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homeslice-render-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const domain = { "homeslice:domain": "home.example.org" };
const rendered = async (settings: Readonly<Record<string, unknown>> = {}) =>
  manifestsOf(await recordProgram(loadConfig("dev", { ...domain, ...settings })));
const filesIn = (directory: string) =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".yaml"))
    .toSorted();
const index = () =>
  z.object({ resources: z.array(z.string()) }).parse(parse(readFileSync(join(folder, "kustomization.yaml"), "utf8")));

describe("the manifests of a stack", () => {
  it("are the same to the byte, whenever they are rendered", async () => {
    expect(await rendered()).toEqual(await rendered());
  });

  it("are all objects of the program, each in a file of its own, namespaces first", async () => {
    const manifests = await rendered();
    expect(new Set(manifests.map(({ path }) => path)).size).toBe(manifests.length);
    expect(manifests[0]?.kind).toBe("Namespace");
    // What depends on the content of an object, and so changes with every setting, is left out of the names.
    const names = manifests.map(({ path }) => path.replace(/-[0-9a-f]{8}\.yaml$/, ".yaml"));
    await expect(`${names.join("\n")}\n`).toMatchFileSnapshot("../../fixtures/render/dev.txt");
  });

  it("name every secret and hold none", async () => {
    const s3 = {
      url: "https://s3.example.org/homeslice",
      accessKeyId: "name",
      secretAccessKey: "a-secret-of-the-user",
    };
    const manifests = await rendered({ "homeslice:backup": { s3 } });
    const secrets = manifests.filter(({ kind }) => kind === "Secret");
    expect(secrets.length).toBeGreaterThan(8);
    const schema = z.object({ data: z.undefined().optional(), stringData: z.record(z.string(), z.string()) });
    for (const { path, text } of secrets) {
      for (const value of Object.values(schema.parse(parse(text)).stringData)) {
        expect(value, path).toMatch(/<secret:[\w./-]+>/);
      }
    }
    expect(manifests.filter(({ text }) => /a-secret-of-the-user|4dabf18193072939/.test(text))).toEqual([]);
  });

  it("name the secrets that Authentik makes", async () => {
    const manifests = await rendered({ "homeslice:authentik": { signOn: true } });
    const text = (name: string) => manifests.find(({ path }) => path.endsWith(`secret-${name}.yaml`))?.text;
    expect(text("sso-grafana-client")).toContain("<secret:sso-grafana-client>");
    expect(text("sso-homepage-token")).toMatch(/token: <secret:sso-homepage[\w-]*>/);
  });

  it("keep the names that follow from content while the content stays", async () => {
    const configMap = (manifests: readonly Manifest[]) =>
      manifests.find(({ path }) => path.includes("configmap-redis-config"))?.path;
    const first = configMap(await rendered());
    expect(first).toMatch(/-[0-9a-f]{8}\.yaml$/);
    expect(configMap(await rendered({ "homeslice:postgresql": { size: "9Gi" } }))).toBe(first);
    const memory = { resources: { limits: { memory: "256Mi" } } };
    expect(configMap(await rendered({ "homeslice:redis": memory }))).not.toBe(first);
  });
});

describe("the folder of the manifests", () => {
  const manifest = (path: string): Manifest => ({ path, kind: "ConfigMap", text: `${path}\n` });

  it("lists them, and loses those that are there no more, but nothing else", () => {
    writeManifests(folder, [manifest("a/one.yaml"), manifest("a/two.yaml")]);
    writeFileSync(join(folder, "README.md"), "mine");
    writeManifests(folder, [manifest("a/two.yaml"), manifest("b/three.yaml")]);
    expect(filesIn(folder)).toEqual(["a/two.yaml", "b/three.yaml", "kustomization.yaml"]);
    expect(index().resources).toEqual(["a/two.yaml", "b/three.yaml"]);
    expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("mine");
  });

  it("is refused when somebody else's files are in it", () => {
    writeFileSync(join(folder, "kustomization.yaml"), "resources: []\n");
    expect(() => writeManifests(folder, [])).toThrow(/not rendered here/);
    expect(filesIn(folder)).toEqual(["kustomization.yaml"]);
  });

  it("stays empty when images are to be built on the way", async () => {
    const settings = { config: { ...domain, "homeslice:images": { build: { repository: "registry.example.org/x" } } } };
    writeFileSync(join(folder, "Pulumi.dev.yaml"), JSON.stringify(settings));
    const out = join(folder, "out");
    await expect(render({ stack: "dev", out, config: folder })).rejects.toThrow(/images\.build/);
    expect(filesIn(folder)).toEqual(["Pulumi.dev.yaml"]);
  });
});
