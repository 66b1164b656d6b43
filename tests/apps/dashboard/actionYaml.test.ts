import { actionInFile, definitionFrom, definitionOf, yamlOf } from "@homeslice/dashboard/actions/actionYaml.ts";
import { renamed, valueAt, withValue } from "@homeslice/dashboard/actions/definition.ts";
import { messages as german } from "@homeslice/dashboard/i18n/de/index.ts";
import { messages } from "@homeslice/dashboard/i18n/en/index.ts";
import { NewAction } from "@homeslice/protocol/actions.ts";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const greet = NewAction.parse({
  name: "greet",
  operation: { type: "shell_command", argv: ["echo", "no", "{{who}}"] },
  parameters: { who: { type: "string" }, where: { type: "list", items: { type: "integer" } } },
  execution_config: { timeout_seconds: 60 },
});

describe("an action as YAML", () => {
  test("says what was said and no defaults, and is read back as the same action", () => {
    const yaml = yamlOf(definitionOf(greet));
    expect(yaml).toContain("kind: Action\nname: greet\nspec:\n");
    expect(parse(yaml).spec).toEqual({
      operation: greet.operation,
      parameters: { who: { type: "string" }, where: { type: "list", items: { type: "integer" } } },
      execution_config: { timeout_seconds: 60 },
    });
    const read = definitionFrom(yaml, messages);
    expect("definition" in read && NewAction.parse(read.definition)).toEqual(greet);
  });

  test.each([
    ["another kind", "kind: Hook\nname: x\nspec: {}"],
    ["what is no YAML", "kind: ["],
    ["a key twice", "kind: Action\nname: x\nname: y\nspec: {}"],
    ["a tag that makes code", "kind: Action\nname: !!js/function 'x'\nspec: {}"],
    ["a bomb of aliases", `kind: Action\nname: x\nspec:\n  a: &a [${"x,".repeat(9)}x]\n  b: [${"*a,".repeat(99)}*a]`],
    ["a text of ten megabytes", "x".repeat(10_000_000)],
    ["a field beside them", "kind: Action\nname: x\nspec: {}\nmore: 1"],
  ])("U16: %s is refused with a reason, and nothing is thrown", (_what, text) => {
    expect(definitionFrom(text, messages)).toEqual({ fault: expect.stringMatching(/./) });
  });

  test.each([
    ["kind: Action\nname: x\nname: y\nspec: {}", "Zeile 3, Spalte 1: Dieser Name steht schon da."],
    ["kind: Action\n\tname: x", "Zeile 2, Spalte 1: Zeilen beginnen mit Leerzeichen, nicht mit Tabulatoren."],
    ["kind: Hook\nname: x\nspec: {}", "kind: Eines davon wird gebraucht: Action."],
    ["x".repeat(300_000), "Sie hat mehr als 256 KiB."],
  ])("what is wrong with it is said in the language of the page: %#", (text, fault) => {
    expect(definitionFrom(text, german)).toEqual({ fault });
  });

  test("comes back from a file; what is no action is refused, and so is a file that is no text", async () => {
    const text = yamlOf(definitionOf(greet));
    expect(await actionInFile(new Blob(["\ufeff", text]), messages)).toEqual({ text, definition: definitionOf(greet) });
    for (const [part, fault] of [
      ["kind: Action\nname: x\nspec: { operation: { type: magic } }", /operation/],
      [new Uint8Array([0xff, 0xfe, 0x6b, 0]), /UTF-8/],
      ["#".repeat(300_000), /256 KiB/],
      ["kind: Hook\nname: x\nspec: {}", /kind/],
    ] as const) {
      expect(await actionInFile(new Blob([part]), messages)).toEqual({ fault: expect.stringMatching(fault) });
    }
  });

  test("no, off and 010 are what they look like to YAML 1.2: texts, and a number", () => {
    const read = definitionFrom("kind: Action\nname: no\nspec: { a: off, b: 010 }", messages);
    expect(read).toEqual({ definition: { name: "no", a: "off", b: 10 } });
  });
});

describe("a definition that is edited", () => {
  test("gets and loses values at any place, in the order that it had", () => {
    const changed = withValue({ name: "a", spec: "x" }, ["operation", "probe", "kind"], "tcp");
    expect(changed).toEqual({ name: "a", spec: "x", operation: { probe: { kind: "tcp" } } });
    expect(Object.keys(withValue(changed, ["name"], "b"))).toEqual(["name", "spec", "operation"]);
    expect(withValue(changed, ["operation", "probe"], undefined)).toEqual({ name: "a", spec: "x", operation: {} });
    expect(valueAt(changed, ["operation", "probe", "kind"])).toBe("tcp");
    expect(valueAt(changed, ["name", "length"])).toBeUndefined();
    expect(valueAt({}, ["constructor"])).toBeUndefined();
  });

  test("a parameter is renamed in its place, and never over another one", () => {
    expect(Object.keys(renamed({ a: 1, b: 2, c: 3 }, "b", "x"))).toEqual(["a", "x", "c"]);
    expect(renamed({ a: 1, b: 2 }, "a", "b")).toEqual({ a: 1, b: 2 });
  });
});
