import { explain } from "@homeslice/cli/cluster/failures.ts";
import { expect, test } from "vitest";

/** What the engine and the official providers say, and what the user is told. */
const cases: readonly (readonly [said: string, code: string, told: RegExp])[] = [
  [
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  file:///home/a/.homeslice/state/.pulumi/locks/organization/homeslice/dev/0c.json: created by ann@laptop (pid 4711) at 2026-01-02T03:04:05Z",
    "stack.locked",
    /by ann@laptop, process 4711, since 2026-01-02T03:04:05Z[\s\S]*pulumi cancel/,
  ],
  ["error: [409] Conflict: Another update is currently in progress.", "stack.locked", /another run is under way/],
  ["error: failed to load checkpoint: EOF", "stack.locked", /another run is writing the state/],
  ["error: could not deserialize deployment: incorrect passphrase", "passphrase.wrong", /PULUMI_CONFIG_PASSPHRASE/],
  [
    "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
    "passphrase.wrong",
    /does not open the secrets/,
  ],
  [
    "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
    "backend.unauthorized",
    /login/,
  ],
  [
    'no matches for kind "Cluster" in version "postgresql.cnpg.io/v1"',
    "cluster.postgresql-operator",
    /needs the operator CloudNativePG[\s\S]*docs\/postgresql\.md/,
  ],
  [
    "error: unable to open bucket s3://nowhere: no such bucket",
    "backend.unreachable",
    /s3:\/\/nowhere[\s\S]*--backend/,
  ],
  [
    'grafana:oss:Folder (grafana-folder-platform): error: Get "http://127.0.0.1:21091/api/folders/platform": dial tcp 127.0.0.1:21091: connect: connection refused',
    "grafana.unreachable",
    /Grafana did not answer: Get "http:\/\/127\.0\.0\.1:21091[\s\S]*goes on where this run ended/,
  ],
  [
    'error: [POST /datasources][409] addDataSourceConflict {"message":"data source with the same name already exists"}',
    "grafana.exists",
    /not from this stack: \[POST \/datasources\][\s\S]*pulumi import/,
  ],
  [
    "error: folder sales is not empty and prevent_destroy_if_not_empty is set. It contains the following dashboards and/or folders: [Theirs]",
    "grafana.occupied",
    /folder sales is not empty[\s\S]*\[Theirs\]/,
  ],
  [
    "Could not automatically download and install resource plugin 'pulumi-resource-random' at version v4.21.2",
    "plugin.missing",
    /pulumi-resource-random is not installed[\s\S]*pulumi plugin install/,
  ],
  ["no resource plugin 'pulumi-resource-docker' found in the workspace", "plugin.missing", /pulumi-resource-docker/],
  [
    "configured Kubernetes cluster is unreachable: unable to load schema information from the API server",
    "cluster.unreachable",
    /stopped answering during the run: unable to load schema[\s\S]*goes on where/,
  ],
  [
    'Get "https://10.0.0.1:6443/api": dial tcp 10.0.0.1:6443: connect: connection refused',
    "cluster.unreachable",
    /connection refused/,
  ],
  [
    'namespaces is forbidden: User "ann" cannot create resource "namespaces" in API group "" at the cluster scope',
    "cluster.forbidden",
    /User "ann" cannot create resource "namespaces"/,
  ],
  [
    'Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas',
    "cluster.conflict",
    /kubectl-edit[\s\S]*patchForce/,
  ],
  ["Server-Side Apply field conflict detected.", "cluster.conflict", /somebody else manages fields/],
  [
    '4 errors occurred:\n * the Kubernetes API server reported that "homeslice-dev/postgresql" failed to fully initialize or become live: timed out waiting to be Ready',
    "cluster.timeout",
    /did not become ready in time[\s\S]*homeslice-dev\/postgresql[\s\S]*kubectl get pods,events/,
  ],
  [
    'resource "urn:pulumi:prod::homeslice::kubernetes:apps/v1:StatefulSet::postgresql" cannot be deleted\nbecause it is protected.',
    "data.protected",
    /StatefulSet postgresql holds data[\s\S]*safety\.protectData/,
  ],
];

test.each(cases)("%j is told as %s", (said, code, told) => {
  const error = explain({ diagnostics: [said], text: "pulumi up ended with exit code 255", stack: "dev" });
  expect(error).toMatchObject({ code, where: "stack dev", message: expect.stringMatching(told) });
  expect(error.fix).toBeTruthy();
});

test("the engine's own words count as well as those about resources", () => {
  const error = explain({ diagnostics: [], text: "error: incorrect passphrase", stack: "dev" });
  expect(error.code).toBe("passphrase.wrong");
});

test("an unknown failure is told in the words of all resources that failed, without the engine's repetition", () => {
  const error = explain({
    diagnostics: ["Service a: invalid port", "Service b: no selector"],
    text: "noise",
    stack: "dev",
  });
  expect(error.code).toBe("engine.failed");
  expect(error.message).toContain("the run failed:\n  Service a: invalid port\n  Service b: no selector");
  expect(error.message).not.toContain("noise");
});

test("an unknown failure without any such words is told in the engine's", () => {
  expect(explain({ diagnostics: [], text: "panic: boom", stack: "dev" }).message).toContain(
    "the engine failed:\npanic: boom",
  );
});
