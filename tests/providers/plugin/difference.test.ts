import { difference, isWithin } from "@homeslice/plugin/difference.ts";
import { describe, expect, test } from "vitest";

describe("difference", () => {
  test("names each changed leaf by its path", () => {
    const before = { spec: { replicas: 1, containers: [{ image: "a" }] }, gone: true };
    const after = { spec: { replicas: 2, containers: [{ image: "b" }, { image: "c" }] } };
    expect(difference(before, after)).toEqual([
      { path: "gone", kind: "delete" },
      { path: "spec.containers[0].image", kind: "update" },
      { path: "spec.containers[1]", kind: "add" },
      { path: "spec.replicas", kind: "update" },
    ]);
  });

  test("quotes keys that are not plain names", () => {
    const annotations = (value: string) => ({ metadata: { annotations: { "example.org/a": value } } });
    expect(difference(annotations("1"), annotations("2"))).toEqual([
      { path: 'metadata.annotations["example.org/a"]', kind: "update" },
    ]);
  });

  test("sees no difference between null and missing", () => {
    expect(difference({ a: null }, {})).toEqual([]);
  });
});

describe("isWithin", () => {
  test.each([
    ["spec.selector", true],
    ["spec.selector.matchLabels", true],
    ["spec.selector[0]", true],
    ["spec.selectors", false],
    ["spec", false],
  ])("%s below spec.selector: %s", (path, expected) => {
    expect(isWithin(path, "spec.selector")).toBe(expected);
  });
});
