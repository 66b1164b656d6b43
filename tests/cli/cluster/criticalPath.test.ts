import { criticalPath, pathLine, type TimedStep } from "@homeslice/cli/cluster/report/criticalPath.ts";
import { Progress } from "@homeslice/cli/cluster/report/progress.ts";
import { describe, expect, it } from "vitest";

const step = (resource: string, milliseconds: number): [string, TimedStep] => [resource, { resource, milliseconds }];
const steps = (...each: readonly [string, TimedStep][]) => new Map(each);
const waitsFor = (edges: Readonly<Record<string, readonly string[]>>) => new Map(Object.entries(edges));

describe("the critical path", () => {
  it("is the chain that took longest, not the steps that took longest", () => {
    const path = criticalPath(
      steps(step("postgresql", 8000), step("migrate", 3000), step("orchestrator", 4000), step("prometheus", 9000)),
      waitsFor({ orchestrator: ["migrate"], migrate: ["postgresql"] }),
    );
    expect(path).toEqual([
      { resource: "postgresql", seconds: 8 },
      { resource: "migrate", seconds: 3 },
      { resource: "orchestrator", seconds: 4 },
    ]);
  });

  it("leads through what did not change, and takes the slower of two ways", () => {
    const path = criticalPath(
      steps(step("postgresql", 8000), step("redis", 2000), step("orchestrator", 4000)),
      waitsFor({ orchestrator: ["link", "redis"], link: ["postgresql"] }),
    );
    expect(path.map(({ resource }) => resource)).toEqual(["postgresql", "orchestrator"]);
  });

  it("leaves out what took no time, and is empty where nothing was done", () => {
    expect(criticalPath(steps(step("a", 20), step("b", 400)), waitsFor({ b: ["a"] }))).toEqual([
      { resource: "b", seconds: 0.4 },
    ]);
    expect(criticalPath(steps(), waitsFor({ b: ["a"] }))).toEqual([]);
  });

  it("is one line for people when it took longer than a few seconds", () => {
    const path = [
      { resource: "StatefulSet postgresql", seconds: 8.2 },
      { resource: "Service postgresql", seconds: 0.3 },
      { resource: "Job migrate", seconds: 3 },
    ];
    expect(pathLine(path)).toBe("critical path, 12 s: StatefulSet postgresql (8.2 s) → Job migrate (3 s)");
    expect(pathLine(path.slice(1))).toBeUndefined();
  });
});

describe("the steps of a run, from the events of the engine", () => {
  const kind = "kubernetes:apps/v1:Deployment";
  const urn = (name: string) => `urn:pulumi:dev::homeslice::${kind}::${name}`;
  const metadata = (name: string, op: "create" | "same") => ({
    op,
    type: kind,
    urn: urn(name),
    provider: "",
    new: { type: kind, urn: urn(name), custom: true, id: name, parent: "", provider: "", inputs: {}, outputs: {} },
  });

  it("last from their begin to their end; what did not change has none", () => {
    const clock = { now: 0 };
    const progress = new Progress({ say: () => undefined, diagnostics: [], now: () => clock.now });
    const begins = (name: string, op: "create" | "same") =>
      progress.onEvent({ sequence: 0, timestamp: 0, resourcePreEvent: { metadata: metadata(name, op) } });
    const ends = (name: string, op: "create" | "same") =>
      progress.onEvent({ sequence: 0, timestamp: 0, resOutputsEvent: { metadata: metadata(name, op) } });
    begins("redis", "create");
    begins("agent", "same");
    clock.now = 1500;
    ends("agent", "same");
    begins("orchestrator", "create");
    clock.now = 4000;
    ends("redis", "create");
    clock.now = 5000;
    ends("orchestrator", "create");
    progress.stop();
    expect([...progress.steps]).toEqual([
      [urn("redis"), { resource: "Deployment redis", milliseconds: 4000 }],
      [urn("orchestrator"), { resource: "Deployment orchestrator", milliseconds: 3500 }],
    ]);
  });
});
