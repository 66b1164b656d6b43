import { refuseLosses } from "@homeslice/cli/cluster/dataLoss.ts";
import { propertyChanges, wording } from "@homeslice/cli/cluster/report/diff.ts";
import { plainOutputs } from "@homeslice/cli/cluster/report/outcome.ts";
import { Progress } from "@homeslice/cli/cluster/report/progress.ts";
import { countChanges, label, sentence } from "@homeslice/cli/cluster/report/steps.ts";
import type { EngineEvent, OpType, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";

const urn = (type: string, name: string) => `urn:pulumi:dev::homeslice::homeslice:platform:Redis$${type}::${name}`;

function step(op: OpType, type: string, name: string, before?: object, after?: object): StepEventMetadata {
  const state = (inputs: object) => ({
    type,
    urn: urn(type, name),
    custom: true,
    id: name,
    parent: "",
    provider: "",
    inputs: { ...inputs },
    outputs: {},
  });
  return {
    op,
    type,
    urn: urn(type, name),
    provider: "",
    ...(before ? { old: state(before) } : {}),
    ...(after ? { new: state(after) } : {}),
  };
}

/** The lines that a run with these events shows. */
function lines(events: readonly Partial<EngineEvent>[], { finding = false, clock = { now: 0 } } = {}) {
  const said: string[] = [];
  const diagnostics: string[] = [];
  const progress = new Progress({ say: (line) => void said.push(line), diagnostics, finding, now: () => clock.now });
  for (const event of events) progress.onEvent({ sequence: 0, timestamp: 0, ...event });
  progress.stop();
  return { said, diagnostics, progress };
}

const planned = (metadata: StepEventMetadata) => ({ resourcePreEvent: { metadata, planning: true } });
const deployment = "kubernetes:apps/v1:Deployment";
const statefulSet = "kubernetes:apps/v1:StatefulSet";

test("a preview shows each change with the properties that differ, and nothing else", () => {
  const { said } = lines([
    planned(step("same", deployment, "agent", { a: 1 }, { a: 1 })),
    planned(step("create", deployment, "new", undefined, { a: 1 })),
    planned(
      step("update", deployment, "orchestrator", { spec: { replicas: 1, paused: true } }, { spec: { replicas: 2 } }),
    ),
  ]);
  expect(said.map((line) => line.trim())).toEqual([
    "+ create   Deployment new",
    "~ update   Deployment orchestrator",
    "spec.replicas: 1 → 2",
    "spec.paused: - true",
  ]);
});

test("the replacement of what holds data is shouted, in a preview and in a run", () => {
  const replacement = step("create-replacement", statefulSet, "redis", { a: 1 }, { a: 2 });
  for (const event of [planned(replacement), { resourcePreEvent: { metadata: replacement } }]) {
    expect(lines([event]).said[0]).toContain("!! REPLACE OF StatefulSet redis: this deletes the data of its volumes");
  }
  expect(lines([planned(step("create-replacement", deployment, "x", {}, {}))]).said.join()).not.toContain("!!");
});

test("a planned deletion of what holds data is shouted", () => {
  expect(lines([planned(step("delete", statefulSet, "redis", { a: 1 }))]).said[0]).toContain(
    "!! DELETE OF StatefulSet redis",
  );
});

test("what a plan would lose is kept with the volumes by name; a StatefulSet without volumes loses nothing", () => {
  const claim = { metadata: { name: "data" }, spec: { resources: { requests: { storage: "2Gi" } } } };
  const claims = (...volumeClaimTemplates: readonly object[]) => ({ spec: { volumeClaimTemplates } });
  const { progress } = lines([
    planned(step("create-replacement", statefulSet, "postgresql", claims(claim), claims())),
    planned(step("delete", statefulSet, "cache", claims())),
    planned(step("delete", "random:index/randomPassword:RandomPassword", "redis-password", {})),
    planned(step("update", statefulSet, "redis", claims(claim), claims(claim))),
    planned(step("delete", deployment, "agent", {})),
  ]);
  expect(progress.losses).toEqual([
    "StatefulSet postgresql: the data of its volumes (data, 2Gi)",
    "RandomPassword redis-password: the password, which others still use",
  ]);
});

test.each([
  ["to the operator", step("delete", statefulSet, "postgresql-statefulset", {}), "StatefulSet postgresql-statefulset"],
  [
    "back from the operator",
    step("delete", "kubernetes:postgresql.cnpg.io/v1:Cluster", "postgresql-cluster", {}),
    "Cluster postgresql-cluster",
  ],
])("a stack whose databases would move %s is refused, with the way to take them along", (_, lost, named) => {
  const { progress } = lines([planned(lost)]);
  expect(progress.losses).toEqual([expect.stringMatching(new RegExp(`^${named}: the (data|databases) of`))]);
  expect(() => refuseLosses("dev", progress.losses, false)).toThrow(
    /would destroy for good:\n.*postgresql-[\s\S]*docs\/postgresql\.md[\s\S]*backup now --stack dev[\s\S]*Nothing was changed/,
  );
  expect(() => refuseLosses("dev", ["StatefulSet redis-statefulset: x"], false)).not.toThrow(/docs\/postgresql\.md/);
  expect(() => refuseLosses("dev", progress.losses, true)).not.toThrow();
});

test("a run tells when a resource is done and how long it took; one that takes long is named while it is under way", () => {
  const clock = { now: 0 };
  const metadata = step("create", deployment, "orchestrator", undefined, {});
  const { said, progress } = lines([{ resourcePreEvent: { metadata } }], { clock });
  clock.now = 12_000;
  progress.tick();
  progress.onEvent({ sequence: 0, timestamp: 0, resOutputsEvent: { metadata } });
  progress.tick();
  expect(said).toEqual([
    "  … waiting for Deployment orchestrator (12 s)",
    "  + created  Deployment orchestrator (12 s)",
  ]);
});

test("components, providers and the stack are not shown", () => {
  const provider = step("create", "pulumi:providers:kubernetes", "cluster", undefined, {});
  const redis = step("create", "homeslice:platform:Redis", "redis", undefined, {});
  const component = { ...redis, ...(redis.new ? { new: { ...redis.new, custom: false } } : {}) };
  expect(lines([planned(provider), planned(component)]).said).toEqual([]);
});

test("errors are collected without colours and with the resource they are about", () => {
  const { diagnostics } = lines([
    {
      diagnosticEvent: {
        severity: "error",
        color: "never",
        urn: urn(deployment, "orchestrator"),
        message: "<{%fg 1%}>invalid <{%reset%}>\u001b[31mport\u001b[0m\n",
      },
    },
  ]);
  expect(diagnostics).toEqual(["Deployment orchestrator: invalid port"]);
});

test("a secret that changes is shown to change, and not to what", () => {
  const masked = step("update", deployment, "x", { data: "[secret]" }, { data: "[secret]" });
  const withDiff = { ...masked, detailedDiff: { data: { diffKind: "update", inputDiff: true } } };
  // The engine's own enumeration is not exported as a value; its events are JSON with these texts.
  const [change] = propertyChanges(JSON.parse(JSON.stringify(withDiff)));
  expect(change && wording(change)).toBe('data: "[secret]" → "[secret]"');
});

test("paths name list positions and quote keys that are no words", () => {
  const changes = propertyChanges(
    step(
      "update",
      deployment,
      "x",
      { list: [{ a: 1 }], metadata: { annotations: { "a.b/c": "1" } } },
      { list: [{ a: 2 }, 3], metadata: { annotations: { "a.b/c": "2" } } },
    ),
  );
  expect(changes.map(wording)).toEqual([
    "list[0].a: 1 → 2",
    "list[1]: + 3",
    'metadata.annotations["a.b/c"]: "1" → "2"',
  ]);
});

test("of a text with several lines, the lines that differ are shown", () => {
  const [before, after] = ["a = 1\nb = 2\nc = 3", "a = 1\nb = 5\nc = 3\nd = 4"];
  expect(wording({ path: "file", before, after })).toBe("file:\n  - b = 2\n  + b = 5\n  + d = 4");
});

test("a secret in the engine's own notation is masked, wherever it stands", () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };
  const changes = propertyChanges(step("update", deployment, "x", { a: [1], b: 1 }, { a: secret, b: { c: [secret] } }));
  expect(changes.map(wording)).toEqual(['a: [1] → "[secret]"', 'b: 1 → {"c":["[secret]"]}']);
});

test.each([
  ["a refresh", false],
  ["a look that writes nothing down", true],
])("%s tells what it found, not what it did", (_, planning) => {
  const found = [step("update", deployment, "x", { a: 1 }, { a: 2 }), step("delete", deployment, "y", { a: 1 })];
  const events = found.map((metadata) => ({ resOutputsEvent: { metadata, planning } }));
  const { said, progress } = lines(events, { finding: true });
  expect(said.map((line) => line.trim())).toEqual([
    "~ differs  Deployment x",
    "a: 1 → 2",
    "- is gone  Deployment y",
    "a: - 1",
  ]);
  expect(progress.differences).toEqual([
    { resource: "Deployment x", change: "differs", properties: ["a"] },
    { resource: "Deployment y", change: "gone", properties: [] },
  ]);
});

test("long values are cut", () => {
  expect(wording({ path: "a", before: "x".repeat(500), after: 1 }).length).toBeLessThan(120);
});

test("the engine's counts become those of the report, a replacement counted once", () => {
  expect(
    countChanges({
      create: 2,
      same: 5,
      update: 1,
      "create-replacement": 1,
      "delete-replaced": 1,
      replace: 1,
      delete: 3,
    }),
  ).toEqual({
    create: 2,
    update: 1,
    replace: 1,
    delete: 3,
    same: 5,
  });
});

test("the sentence leaves out what did not happen", () => {
  const changes = { create: 2, update: 0, replace: 0, delete: 0, same: 3 };
  expect(sentence(changes, false)).toBe("2 created, 3 unchanged");
  expect(sentence(changes, true)).toBe("2 to create, 3 unchanged");
});

test("a resource is named by kind and name", () => {
  expect(
    label(urn("random:index/randomPassword:RandomPassword", "redis"), "random:index/randomPassword:RandomPassword"),
  ).toBe("RandomPassword redis");
});

test("secret outputs are masked unless asked for", () => {
  const outputs = { url: { value: "https://a", secret: false }, token: { value: "t", secret: true } };
  expect(plainOutputs(outputs, false)).toEqual({ url: "https://a", token: "[secret]" });
  expect(plainOutputs(outputs, true)).toEqual({ url: "https://a", token: "t" });
});
