import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { writeCurrentContext } from "@homeslice/cli/cluster/kubeconfig.ts";
import { standIns } from "@homeslice/cli/cluster/providers.ts";
import { chooseTarget } from "@homeslice/cli/cluster/target.ts";
import { beforeEach, expect, test } from "vitest";
import { parse, stringify } from "yaml";

let root: string;
let said: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "homeslice-target-"));
  said = [];
});

/** Writes a kubeconfig with one context per name; the first is the current one. */
function kubeconfig(path: string, names: readonly string[], server = "https://203.0.113.1:6443"): string {
  mkdirSync(dirname(path), { recursive: true });
  const text = stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": names[0],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: name } })),
    clusters: names.map((name) => ({ name, cluster: { server } })),
    users: names.map((name) => ({ name, user: { token: `token-of-${name}` } })),
  });
  writeFileSync(path, text);
  return path;
}

const choose = (choice: { context?: string; cluster?: object; env?: NodeJS.ProcessEnv } = {}) =>
  chooseTarget({
    context: choice.context,
    cluster: { ...choice.cluster },
    env: { HOME: join(root, "home"), ...choice.env },
    cache: join(root, "cache"),
    say: (line) => void said.push(line),
  });
const userConfig = () => kubeconfig(join(root, "home", ".kube", "config"), ["work", "lab"]);
const testbed = () =>
  kubeconfig(join(root, "cache", "testbed", "run", "kubeconfig"), ["homeslice-testbed"], "https://127.0.0.1:7001");

test("without anything named, the current context of the user's kubeconfig is taken", () => {
  userConfig();
  expect(choose()).toMatchObject({ context: "work", testbed: false });
});

test("while the testbed is up and nothing is named, it is taken, and that is said", () => {
  userConfig();
  testbed();
  expect(choose()).toMatchObject({ context: "homeslice-testbed", testbed: true });
  expect(said.join()).toContain("using the testbed");
});

test.each([
  ["--context", () => choose({ context: "lab" }), "lab"],
  ["the configuration's context", () => choose({ cluster: { context: "lab" } }), "lab"],
  ["KUBECONFIG", () => choose({ env: { KUBECONFIG: kubeconfig(join(root, "own"), ["own"]) } }), "own"],
  [
    "the configuration's kubeconfig",
    () => choose({ cluster: { kubeconfig: kubeconfig(join(root, "own"), ["own"]) } }),
    "own",
  ],
])("%s goes before the testbed", (_, chosen, context) => {
  userConfig();
  testbed();
  expect(chosen()).toMatchObject({ context, testbed: false });
  expect(said).toEqual([]);
});

test("--context goes before the configuration's", () => {
  userConfig();
  expect(choose({ context: "work", cluster: { context: "lab" } }).context).toBe("work");
});

test("of several files in KUBECONFIG the first gives the current context, and all contexts are known", () => {
  const env = { KUBECONFIG: `${kubeconfig(join(root, "a"), ["one"])}:${kubeconfig(join(root, "b"), ["two"])}` };
  expect(choose({ env }).context).toBe("one");
  expect(choose({ env, context: "two" }).context).toBe("two");
});

test("a context that is not there is refused with those that are", () => {
  userConfig();
  expect(() => choose({ context: "labb" })).toThrow(/it has work, lab\)\. Did you mean "lab"\?/);
});

test("no cluster at all is one message that names both ways to one", () => {
  expect(() => choose()).toThrow(/--context NAME[\s\S]*--cluster k3d/);
});

test("a kubeconfig that cannot be parsed is refused by its name", () => {
  const path = join(root, "broken");
  writeFileSync(path, "contexts: [");
  expect(() => choose({ env: { KUBECONFIG: path } })).toThrow(/broken: this kubeconfig cannot be read/);
});

test("a cluster elsewhere that bears the testbed's name is not taken for it", () => {
  const path = kubeconfig(join(root, "own"), ["homeslice-testbed"], "https://203.0.113.1:6443");
  expect(choose({ env: { KUBECONFIG: path } }).testbed).toBe(false);
});

test("the engine's kubeconfig has the chosen context alone, and only its owner may read it", () => {
  userConfig();
  const path = join(root, "private");
  writeCurrentContext(choose({ context: "lab" }).kubeconfig, path);
  const written = parse(readFileSync(path, "utf8"));
  expect(written["current-context"]).toBe("lab");
  expect(written.users).toEqual([{ name: "lab", user: { token: "token-of-lab" } }]);
  expect(written.clusters).toHaveLength(1);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("stand-ins are for the testbed alone, and there not for plugins that are installed", () => {
  testbed();
  const bed = choose();
  const names = standIns(bed, { PULUMI_HOME: root }, () => {}).map(({ name }) => name);
  expect(names).toContain("kubernetes");
  userConfig();
  expect(standIns(choose({ context: "work" }), { PULUMI_HOME: root }, () => {})).toEqual([]);

  const version = JSON.parse(readFileSync("node_modules/@pulumi/kubernetes/package.json", "utf8")).version;
  mkdirSync(join(root, "plugins", `resource-kubernetes-v${version}`), { recursive: true });
  const others = standIns(bed, { PULUMI_HOME: root }, (line) => void said.push(line)).map(({ name }) => name);
  expect(others).toEqual(names.filter((name) => name !== "kubernetes"));
});
