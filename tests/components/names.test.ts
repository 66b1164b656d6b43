import { contentName, objectName } from "@homeslice/components/kit/names.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("the name of a Kubernetes object", () => {
  it.each([
    [["postgresql"], "postgresql"],
    [["homeslice", "dev"], "homeslice-dev"],
    [["homeslice", "Prod"], "homeslice-prod-c458934c"],
    [["homeslice", "my_stack"], "homeslice-my-stack-e32a8e5a"],
    [["homeslice", "a.b"], "homeslice-a-b-03349ab8"],
    [["-x-"], "x-c6cf95e5"],
    [["ümlaut"], "mlaut-e30af24e"],
    [["x".repeat(63)], "x".repeat(63)],
    [["x".repeat(64)], `${"x".repeat(54)}-7ce10097`],
  ])("made of %j is %s", (parts, expected) => {
    expect(objectName(...parts)).toBe(expected);
  });

  it("is a label of RFC 1123, whatever it is made of", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (parts) => {
        expect(objectName("a", ...parts)).toMatch(/^(?=.{1,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
      }),
    );
  });

  it("differs where what it is made of differs", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (left, right) => {
        expect(objectName(left) === objectName(right)).toBe(left === right);
      }),
    );
  });
});

describe("a name made from content", () => {
  const named = (name: string, content: unknown) =>
    new Promise<string>((resolve) => void contentName(name, content).apply(resolve));

  it("stays while the content does, and changes with it", async () => {
    expect(await named("config", { a: 1 })).toBe(await named("config", { a: 1 }));
    expect(await named("config", { a: 1 })).not.toBe(await named("config", { a: 2 }));
  });

  it("fits even where the name alone just does", async () => {
    expect(await named("x".repeat(63), {})).toHaveLength(63);
  });
});
