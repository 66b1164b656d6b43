import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { writeManifests } from "@homeslice/cli/cluster/render/folder.ts";
import type { Manifest } from "@homeslice/cli/cluster/render/manifests.ts";
import { violations } from "@homeslice/policies";
import { nameOf, podTemplateOf } from "@homeslice/policies/objects.ts";
import { z } from "zod";
import type { Finding } from "./findings.ts";
import { objectsOf } from "./programs.ts";

const run = promisify(execFile);
const options = { maxBuffer: 1 << 28 };

const PodFindings = z.array(z.object({ object: z.string(), check: z.string(), detail: z.string() }));

/** What the policies of this repository hold against the objects of one stack. */
export function byPolicies(manifests: readonly Manifest[]): Finding[] {
  const found = violations(objectsOf(manifests));
  return found.map(({ policy, object, message }) => ({ check: policy, object, detail: message }));
}

/** What the evaluator of the API server holds against the pods. */
export async function byPodSecurity(program: string, manifests: readonly Manifest[]): Promise<Finding[]> {
  const pods = objectsOf(manifests).flatMap((object) => {
    const template = podTemplateOf(object);
    return template ? [{ object: nameOf(object), ...template }] : [];
  });
  return PodFindings.parse(JSON.parse(await answerOf(program, JSON.stringify(pods))));
}

/** Runs a program with a text as its input. @throws Error with what it said when it fails */
export async function answerOf(program: string, input: string): Promise<string> {
  const child = spawn(program, { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(input);
  const [answer, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  if (code !== 0) throw new Error(complaint);
  return answer;
}

const Scores = z.array(
  z.object({
    type_meta: z.object({ kind: z.string() }),
    object_meta: z.object({ name: z.string() }),
    checks: z.array(
      z.object({
        check: z.object({ id: z.string() }),
        grade: z.number(),
        skipped: z.boolean(),
        comments: z.array(z.object({ path: z.string(), summary: z.string() })).nullable(),
      }),
    ),
  }),
);
/** Below this grade, kube-score speaks of a warning or worse. */
const FINE = 7;

/** What kube-score finds critical or warns of. */
export function byKubeScore(program: string, manifests: readonly Manifest[]): Promise<Finding[]> {
  return inFolder(manifests, async (folder) => {
    const files = manifests.map(({ path }) => join(folder, path));
    // It fails when it finds something; then its output says what.
    const { stdout } = await run(program, ["score", "--output-format", "json", ...files], options).catch(outputOf);
    return Scores.parse(JSON.parse(stdout)).flatMap(({ type_meta, object_meta, checks }) =>
      checks
        .filter(({ grade, skipped }) => !skipped && grade < FINE)
        .map(({ check, comments }) => ({
          check: check.id,
          object: nameOf({ apiVersion: "", kind: type_meta.kind, metadata: { ...object_meta, annotations: {} } }),
          detail: (comments ?? []).map(({ path, summary }) => `${path} ${summary}`.trim()).join("; "),
        })),
    );
  });
}

const Report = z.object({
  summary: z.object({ passed: z.number(), failed: z.number(), parsing_errors: z.literal(0) }),
  results: z.object({
    failed_checks: z.array(z.object({ check_id: z.string(), check_name: z.string(), resource: z.string() })),
  }),
});

/** What checkov holds against the manifests. */
export function byCheckov(program: string, manifests: readonly Manifest[]): Promise<Finding[]> {
  return inFolder(manifests, async (folder) => {
    const args = ["--directory", folder, "--framework", "kubernetes", "--output", "json", "--compact", "--quiet"];
    const { stdout } = await run(program, [...args, "--skip-download"], options).catch(outputOf);
    const { summary, results } = Report.parse(JSON.parse(stdout));
    if (summary.passed < manifests.length) throw new Error(`checkov passed no more than ${summary.passed} checks`);
    return results.failed_checks.map(({ check_id, check_name, resource }) => {
      const [kind = "", ...names] = resource.split(".");
      const object = nameOf({ apiVersion: "", kind, metadata: { name: names.at(-1) ?? "", annotations: {} } });
      return { check: check_id, object, detail: check_name };
    });
  });
}

async function inFolder<Result>(manifests: readonly Manifest[], use: (folder: string) => Promise<Result>) {
  const folder = mkdtempSync(join(tmpdir(), "homeslice-manifests-"));
  try {
    writeManifests(folder, manifests);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const Failure = z.object({ stdout: z.string().min(1) });

function outputOf(error: unknown): { stdout: string } {
  const failure = Failure.safeParse(error);
  if (failure.success) return failure.data;
  throw error;
}
