import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).trim().split("\n");

/** A file, or a folder with files in it. */
const isTracked = (path: string) => tracked.some((file) => file === path || file.startsWith(join(path, "/")));

test("the lockfile names no host", () => {
  expect(read("package-lock.json")).not.toMatch(/"resolved": "\w+:/);
});

test("install scripts run only for packages that are named, and every named one has a script", () => {
  const Lock = z.object({
    packages: z.record(z.string(), z.looseObject({ hasInstallScript: z.boolean().optional() })),
  });
  const { packages } = Lock.parse(JSON.parse(read("package-lock.json")));
  const { allowScripts } = z
    .object({ allowScripts: z.record(z.string(), z.literal(true)) })
    .parse(JSON.parse(read("package.json")));
  for (const name of Object.keys(allowScripts)) expect(packages[`node_modules/${name}`]?.hasInstallScript).toBe(true);
  expect(read(".npmrc")).toMatch(/^ignore-scripts=true$/m);
});

test("versions of dependencies are exact", () => {
  const Manifest = z.looseObject({
    dependencies: z.record(z.string(), z.string()).default({}),
    devDependencies: z.record(z.string(), z.string()).default({}),
  });
  const manifests = tracked.filter((path) => path.endsWith("package.json"));
  expect(manifests.length).toBeGreaterThan(5);
  for (const path of manifests) {
    const { dependencies, devDependencies } = Manifest.parse(JSON.parse(read(path)));
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(`${name} ${version}`).toMatch(name.startsWith("@homeslice/") ? / \*$/ : / \d+\.\d+\.\d+[\w.-]*$/);
    }
  }
});

test("every file that the README links to is there", () => {
  const links = [...read("README.md").matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, path = ""]) => path);
  expect(links.length).toBeGreaterThan(5);
  for (const path of links) expect([path, isTracked(path)]).toEqual([path, true]);
});

test("relative links between documents lead somewhere", () => {
  for (const document of tracked.filter((path) => path.startsWith("docs/") && path.endsWith(".md"))) {
    for (const [, target = ""] of read(document).matchAll(/\]\((?!http|#)([^)#]+)/g)) {
      expect([document, target, isTracked(join(document, "..", target))]).toEqual([document, target, true]);
    }
  }
});

test("every picture in a document is there, said in words, in both themes, and small; none is left over", () => {
  const form = /<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)">\s+<img src="([^"]+)" alt="[^"]+">/g;
  const shown = tracked
    .filter((path) => path.endsWith(".md"))
    .flatMap((document) =>
      [...read(document).matchAll(form)].flatMap(([, dark = "", light = ""]) => {
        expect(dark.replace("-dark.", "-light.")).toBe(light);
        return [join(document, "..", dark), join(document, "..", light)];
      }),
    );
  // The icons of the dashboard are held to its manifest.
  const pictures = tracked.filter((path) => /^(?!apps\/dashboard\/public\/).*\.(webp|png|jpe?g|gif)$/.test(path));
  expect(pictures.length).toBeGreaterThan(20);
  expect([...new Set(shown)].sort()).toEqual(pictures.sort());
  const sizes = pictures.map((path) => statSync(join(root, path)).size);
  expect(Math.max(...sizes)).toBeLessThan(100_000);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(3_000_000);
});
