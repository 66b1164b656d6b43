import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterOf } from "@homeslice/tunnel/kubeconfig.ts";
import { expect, test } from "vitest";
import { kubeconfigOf } from "./apiServer.ts";

const dir = mkdtempSync(join(tmpdir(), "homeslice-kubeconfig-"));
const file = join(dir, "config");
writeFileSync(file, kubeconfigOf(1));

test.each([
  ["its text", { kubeconfig: kubeconfigOf(1) }, {}],
  ["its path", { kubeconfig: file }, {}],
  ["KUBECONFIG", {}, { KUBECONFIG: file }],
])("a cluster is found by %s", (_, choice, env) => {
  expect(clusterOf(choice, env).getCurrentCluster()?.server).toBe("http://127.0.0.1:1");
});

test.each([
  ["kubeconfig.none", {}, { HOME: dir }],
  ["kubeconfig.context", { kubeconfig: file, context: "other" }, {}],
  ["kubeconfig.unreadable", { kubeconfig: join(dir, "missing") }, {}],
])("a mistake in the choice of a cluster is named: %s", (code, choice, env) => {
  expect(() => clusterOf(choice, env)).toThrow(expect.objectContaining({ code }));
});
