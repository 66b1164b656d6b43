import { childRules } from "@homeslice/components/kit/children.ts";
import { safetyOf } from "@homeslice/components/kit/safety.ts";
import { type Transform, transformed } from "@homeslice/components/kit/transform.ts";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { record } from "./deploy.ts";

interface Args {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: { readonly replicas: number; readonly ports: readonly number[] };
}

describe("a transform of a child", () => {
  const args: Args = { metadata: { name: "redis", labels: { a: "1" } }, spec: { replicas: 1, ports: [1, 2] } };
  const changed = (transform: Transform<Args> | undefined) => transformed(args, transform);

  it("may be left out", () => expect(changed(undefined)).toBe(args));

  it("merges values in deeply and keeps what is beside them", () => {
    expect(changed({ metadata: { labels: { b: "2" } } })).toEqual({
      ...args,
      metadata: { name: "redis", labels: { a: "1", b: "2" } },
    });
  });

  it("replaces lists as a whole", () => {
    expect(changed({ spec: { ports: [3] } }).spec).toEqual({ replicas: 1, ports: [3] });
  });

  it("may be a function of what is there", () => {
    expect(changed((old) => ({ ...old, spec: { ...old.spec, replicas: old.spec.replicas + 1 } })).spec.replicas).toBe(
      2,
    );
  });

  it("leaves the original alone", () => {
    const before = structuredClone(args);
    changed({ spec: { replicas: 5 } });
    expect(args).toEqual(before);
  });

  it("puts outputs in the place of values without looking into them", () => {
    const output = pulumi.output({ b: "2" });
    const merged = transformed<{ labels: pulumi.Input<Record<string, string>> }>(
      { labels: { a: "1" } },
      { labels: output },
    );
    expect(merged.labels).toBe(output);
  });
});

describe("the policy on data", () => {
  const guarded = { protect: true, retainOnDelete: true };

  it.each([
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:core/v1:Secret",
    "kubernetes:apps/v1:StatefulSet",
    "random:index/randomPassword:RandomPassword",
    "tls:index/privateKey:PrivateKey",
  ])("guards %s where data is protected, and nowhere else", (kind) => {
    expect(safetyOf(kind, { protectData: true })).toEqual(guarded);
    expect(safetyOf(kind, { protectData: false })).toEqual({});
  });

  it.each(["kubernetes:apps/v1:Deployment", "kubernetes:core/v1:ConfigMap"])("lets %s be replaced anywhere", (kind) => {
    expect(safetyOf(kind, { protectData: true })).toEqual({});
  });
});

describe("the children of a component", () => {
  class Parent extends pulumi.ComponentResource {
    constructor(child: string) {
      super("test:index:Parent", "redis", {}, { transformations: [childRules("redis", { protectData: true })] });
      new pulumi.ComponentResource("test:index:Child", child, {}, { parent: this });
    }
  }

  it("bear its name in front of their own", async () => {
    const resources = await record("dev", () => void new Parent("redis-server"));
    expect(resources.map(({ name }) => name)).toContain("redis-server");
  });

  it.each(["server", "redisserver", "my-redis"])("cannot be called %s", (child) => {
    expect(() => new Parent(child)).toThrow(`"${child}" must be named after its parent: "redis-…"`);
  });
});
