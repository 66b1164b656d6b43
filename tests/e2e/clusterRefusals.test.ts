import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { compiled } from "../support/compiled.ts";

// What is wrong on the user's side is told before the engine or a cluster is touched: these need neither.

let root: string;
let settings: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "homeslice-refusals-"));
  settings = join(root, "Pulumi.dev.yaml");
  writeFileSync(settings, "config:\n  homeslice:domain: home.example.org\n");
  writeFileSync(join(root, "Pulumi.prod.yaml"), "config:\n  homeslice:domian: home.example.org\n");
});

/** A kubeconfig whose cluster is at an address where nobody listens. */
function deadKubeconfig(): string {
  const path = join(root, "kubeconfig");
  const entry = { name: "dead" };
  const text = stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "dead",
    contexts: [{ ...entry, context: { cluster: "dead", user: "dead" } }],
    clusters: [{ ...entry, cluster: { server: "https://127.0.0.1:9" } }],
    users: [{ ...entry, user: { token: "none" } }],
  });
  writeFileSync(path, text);
  return path;
}

function homeslice(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["cli/main.ts", ...args, "--config", root], {
    encoding: "utf8",
    env: {
      PATH: "/usr/bin:/bin",
      HOME: root,
      HOMESLICE_HOME: join(root, "home"),
      HOMESLICE_CACHE: join(root, "cache"),
      ...compiled,
      ...env,
    },
  });
  return { status, stdout, stderr };
}

const stateFiles = () => (existsSync(join(root, "home", "state")) ? readdirSync(join(root, "home", "state")) : []);

test.each([
  ["an unknown stack", ["preview", "--stack", "dve"], /no such stack[\s\S]*dev, prod[\s\S]*Did you mean "dev"/],
  ["a wrong setting", ["up", "--stack", "prod", "--yes"], /homeslice:domain +is missing[\s\S]*did you mean "domain"/],
  ["no consent", ["up", "--stack", "dev"], /no terminal to ask[\s\S]*--yes/],
  ["no consent to destroy", ["destroy", "--stack", "dev", "--json"], /no terminal to ask/],
  ["no cluster", ["preview", "--stack", "dev"], /no Kubernetes cluster[\s\S]*--context NAME[\s\S]*--cluster k3d/],
  [
    "no k3d",
    ["up", "--stack", "dev", "--yes", "--cluster", "k3d"],
    /needs Docker and k3d, but [\s\S]*k3d is not on PATH/,
  ],
])("%s is one clear message, and nothing is changed", (_, args, message) => {
  const { status, stdout, stderr } = homeslice(args);
  expect(stderr).toMatch(message);
  expect(stderr).toContain("Nothing was changed.");
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(status).toBe(2);
  expect(stdout).toBe("");
  expect(stateFiles()).toEqual([]);
});

test.each(["preview", "up", "refresh", "destroy"])(
  "%s on a cluster that cannot be reached ends before anything starts",
  (operation) => {
    const yes = operation === "up" || operation === "destroy" ? ["--yes"] : [];
    const started = Date.now();
    const { status, stderr } = homeslice([operation, "--stack", "dev", ...yes], { KUBECONFIG: deadKubeconfig() });
    expect(status).toBe(2);
    expect(stderr).toMatch(/the cluster at https:\/\/127\.0\.0\.1:9 cannot be reached: [\s\S]*Nothing was changed\./);
    expect(stateFiles()).toEqual([]);
    expect(Date.now() - started).toBeLessThan(15_000);
  },
);

test("a context that the kubeconfig does not have is refused with those that it has", () => {
  const { stderr } = homeslice(["preview", "--stack", "dev", "--context", "deat"], { KUBECONFIG: deadKubeconfig() });
  expect(stderr).toMatch(/no such context \(it has dead\)\. Did you mean "dead"\?/);
});

test("a data directory that cannot be used is named", () => {
  const file = join(root, "file");
  writeFileSync(file, "");
  const { status, stderr } = homeslice(["preview", "--stack", "dev"], { HOMESLICE_HOME: file });
  expect(status).toBe(2);
  expect(stderr).toContain(file);
});
