import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "@homeslice/cli/cluster/render/manifests.ts";
import { beforeAll, expect, test } from "vitest";
import { ensureJudges, type JudgePrograms } from "../manifests/build.ts";
import { exceptions } from "../manifests/exceptions.ts";
import { judged } from "../manifests/findings.ts";
import { byCheckov, byKubeScore, byPodSecurity, byPolicies } from "../manifests/judges.ts";
import { renderedStacks } from "../manifests/programs.ts";
import { silentProgress } from "../testbed/progress.ts";
import { cache } from "./clusterSupport.ts";

let judges: JudgePrograms;
let stacks: readonly (readonly Manifest[])[];
let all: readonly Manifest[];

beforeAll(async () => {
  judges = await ensureJudges(cache, silentProgress, AbortSignal.timeout(600_000));
  stacks = await renderedStacks();
  all = stacks.flatMap((stack, index) => stack.map((manifest) => ({ ...manifest, path: `${index}/${manifest.path}` })));
});

const nothing = { violations: [], idle: [] };

test("every stack is looked at as a whole", () => {
  for (const stack of stacks) expect(stack.length).toBeGreaterThan(250);
});

test("the policies hold for all objects, but for the exceptions", () => {
  expect(judged("policies", stacks.flatMap(byPolicies))).toEqual(nothing);
});

test("the evaluator of the API server finds all pods restricted, but for the exceptions", async () => {
  expect(judged("Pod Security", await byPodSecurity(judges.podSecurity, all))).toEqual(nothing);
});

test("kube-score finds nothing critical and warns of nothing, but for the exceptions", async () => {
  expect(judged("kube-score", await byKubeScore(judges.kubeScore, all))).toEqual(nothing);
});

test("checkov finds nothing, but for the exceptions", async () => {
  expect(judged("checkov", await byCheckov(judges.checkov, all))).toEqual(nothing);
});

test("every judge notices what is wrong", async () => {
  const wrong = (stacks[0] ?? []).map((manifest) => ({
    ...manifest,
    text: manifest.text.replaceAll("readOnlyRootFilesystem: true", "privileged: true"),
  }));
  expect(judged("policies", byPolicies(wrong)).violations).not.toEqual([]);
  expect(judged("Pod Security", await byPodSecurity(judges.podSecurity, wrong)).violations).not.toEqual([]);
  expect(judged("kube-score", await byKubeScore(judges.kubeScore, wrong)).violations).not.toEqual([]);
  expect(judged("checkov", await byCheckov(judges.checkov, wrong)).violations).not.toEqual([]);
});

test("the documentation has every exception with its reason", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/security.md"), "utf8").replaceAll(/\s+/g, " ");
  for (const { judge, checks, reason } of exceptions) {
    for (const words of [judge, ...checks, reason]) expect(page).toContain(words);
  }
});
