import { difference } from "@homeslice/plugin/difference.ts";
import type { Values } from "@homeslice/plugin/values.ts";
import { describe, expect, test } from "vitest";
import { kindOfType, liveInputs, named, sameValue } from "./objects.ts";

const changesOf = (live: Values, inputs: Values) => difference(liveInputs(live, inputs), inputs, sameValue);

describe("a live object compared with the inputs that made it", () => {
  test("shows nothing that the server has added", () => {
    const inputs = { spec: { replicas: 1, containers: [{ name: "a" }] } };
    const live = { spec: { replicas: 1, strategy: "x", containers: [{ name: "a", tty: false }] }, status: {} };
    expect(changesOf(live, inputs)).toEqual([]);
  });

  test("shows nothing for empty values that the server leaves out", () => {
    const inputs = { spec: { env: [], nodeSelector: {}, containers: [{ name: "a", value: "", hostNetwork: false }] } };
    expect(changesOf({ spec: { containers: [{ name: "a" }] } }, inputs)).toEqual([]);
  });

  test("shows what was changed or removed by somebody else", () => {
    const inputs = { spec: { replicas: 1, args: ["a"], paused: true } };
    const live = { spec: { replicas: 5, args: ["a", "b"] } };
    expect(changesOf(live, inputs).map(({ path }) => path)).toEqual(["spec.args[1]", "spec.paused", "spec.replicas"]);
  });

  test("knows a Secret's texts by their encoded form", () => {
    const inputs = { kind: "Secret", stringData: { password: "one" } };
    const live = (text: string) => ({ kind: "Secret", data: { password: Buffer.from(text).toString("base64") } });
    expect(changesOf(live("one"), inputs)).toEqual([]);
    expect(changesOf(live("two"), inputs)).toEqual([{ path: "stringData.password", kind: "update" }]);
  });

  test.each([
    ["0.5", "500m"],
    ["1024Mi", "1Gi"],
    [1, "1"],
    ["1500M", "1.5G"],
  ])("takes the quantities %s and %s for the same", (before, after) => {
    expect(sameValue(before, after, "spec.resources.limits.x")).toBe(true);
    expect(sameValue(before, after, "data.x")).toBe(false);
  });
});

describe("names", () => {
  const seed = new Uint8Array([1, 2, 3]);

  test("are made up from the resource's name, the same for the same seed", () => {
    const made = named({}, {}, "settings", seed);
    expect(made).toMatchObject({
      metadata: {
        name: expect.stringMatching(/^settings-[0-9a-f]{8}$/),
        annotations: { "pulumi.com/autonamed": "true" },
      },
    });
    expect(named({}, {}, "settings", seed)).toEqual(made);
  });

  test("stay once they are made up", () => {
    const made = named({}, {}, "settings", seed);
    expect(named({}, made, "settings", new Uint8Array([9]))).toEqual(made);
  });

  test("that the program gives are left alone", () => {
    const inputs = { metadata: { name: "mine" } };
    expect(named(inputs, {}, "settings", seed)).toBe(inputs);
  });
});

test.each([
  ["kubernetes:core/v1:Namespace", { apiVersion: "v1", kind: "Namespace" }],
  ["kubernetes:apps/v1:Deployment", { apiVersion: "apps/v1", kind: "Deployment" }],
])("%s is the kind %o", (type, kind) => {
  expect(kindOfType(type)).toEqual(kind);
});
