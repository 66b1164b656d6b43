import { type NamedServers, renderOperation, templateFaults } from "@homeslice/orchestrator/actions/template.ts";
import { ApiError, NewAction, type ParameterDefinition, type Parameters } from "@homeslice/protocol";
import { describe, expect, test } from "vitest";
import type { z } from "zod";

type Definition = z.input<typeof ParameterDefinition>;

const action = (parameter: Definition, argv: [string, ...string[]] = ["run", "--", "{{x}}"]) =>
  NewAction.parse({ name: "t", operation: { type: "shell_command", argv }, parameters: { x: parameter } });

/** The arguments after `--`, or what is wrong with the value. */
function filled(parameter: Definition, x: Parameters[string], servers: NamedServers): readonly string[] | string {
  try {
    const operation = renderOperation(action(parameter), { x }, servers);
    return operation.type === "shell_command" ? operation.argv.slice(2) : [];
  } catch (error) {
    return error instanceof ApiError ? (error.problem.errors?.[0]?.message ?? "") : String(error);
  }
}

const web = "11111111-1111-4111-8111-111111111111";
const db = "22222222-2222-4222-8222-222222222222";
const servers = new Map([
  [web, { hostname: "web-1", ip_address: "192.0.2.1" }],
  [db, { hostname: "db-1", ip_address: null }],
]);

const cases: [string, Definition, Parameters[string], readonly string[] | string][] = [
  ["a number", { type: "number", validation: { min: 0.5, max: 2 } }, 1.25, ["1.25"]],
  ["a number beyond its bounds", { type: "number", validation: { max: 2 } }, 2.1, "must be 2 or less"],
  ["a text that is to be a number", { type: "number" }, "1", "must be of type number"],
  ["a broken number that is to be whole", { type: "integer" }, 1.5, "must be of type integer"],
  ["one of an enum", { type: "enum", validation: { one_of: ["a", 2] } }, 2, ["2"]],
  ["none of an enum", { type: "enum", validation: { one_of: ["a", "b"] } }, "c", "must be one of a, b"],
  ["a text that matches", { type: "string", validation: { pattern: "[a-z]+\\d" } }, "ab1", ["ab1"]],
  [
    "a text that matches in part",
    { type: "string", validation: { pattern: "[a-z]+\\d" } },
    "ab1;",
    "must match [a-z]+\\d",
  ],
  [
    "a long text that a pattern could be matched with in endless ways, and does not match",
    { type: "string", validation: { pattern: "(a+)+b" } },
    "a".repeat(10_000),
    "must match (a+)+b",
  ],
  [
    "a long text that matches such a pattern",
    { type: "string", validation: { pattern: "(a+)+b" } },
    `${"a".repeat(10_000)}b`,
    [`${"a".repeat(10_000)}b`],
  ],
  ["a list", { type: "list" }, ["a", "b c"], ["a", "b c"]],
  ["an empty list", { type: "list" }, [], []],
  ["a list that is too short", { type: "list", min_items: 1 }, [], "must have 1 items or more"],
  ["a list that is too long", { type: "list", max_items: 1 }, ["a", "b"], "must have 1 items or fewer"],
  [
    "a list with a wrong item",
    { type: "list", items: { type: "integer" } },
    [1, "2"],
    "item 2 must be of type integer",
  ],
  ["a list for a single text", { type: "string" }, ["a"], "must be of type string"],
  ["a server by its name", { type: "server" }, web, ["web-1"]],
  [
    "servers by their addresses",
    { type: "list", items: { type: "server", fills_with: "ip_address" } },
    [web],
    ["192.0.2.1"],
  ],
  ["a server by its id", { type: "server", fills_with: "server_id" }, db, [db]],
  ["a server without an address", { type: "server", fills_with: "ip_address" }, db, "server db-1 has no known address"],
  ["a server that is none", { type: "server" }, crypto.randomUUID(), expect.stringContaining("there is no server")],
  ["a text that is no id", { type: "server" }, "web-1", "must be the id of a server"],
];

describe("a parameter takes", () => {
  test.each(cases)("%s", (_name, parameter, value, expected) => {
    expect(filled(parameter, value, servers)).toEqual(expected);
  });
});

describe("a template is refused", () => {
  const faulty: [string, Definition, string][] = [
    ["with an enum of nothing", { type: "enum" }, "an enum lists its values in validation.one_of"],
    [
      "with a pattern that is none",
      { type: "string", validation: { pattern: "a)|(b" } },
      "the pattern is no regular expression of RE2, which has no look-around and no back-references",
    ],
    [
      "with a pattern that could take for ever",
      { type: "string", validation: { pattern: "(?=a)b" } },
      "the pattern is no regular expression of RE2, which has no look-around and no back-references",
    ],
    ["with a default that does not fit", { type: "integer", default: "1" }, "the default must be of type integer"],
    ["with items of what is no list", { type: "string", items: {} }, "items are of a list"],
  ];
  test.each(faulty)("%s", (_name, parameter, message) => {
    expect(templateFaults(action(parameter))).toEqual([{ path: "body.parameters.x", message }]);
  });

  test("with a list where one value stands", () => {
    for (const operation of [
      { type: "shell_command" as const, argv: ["{{x}}"] satisfies [string] },
      { type: "shell_command" as const, argv: ["a"] satisfies [string], environment_vars: { X: "{{x}}" } },
      { type: "file_validation" as const, path: "{{x}}" },
    ]) {
      const template = NewAction.parse({ name: "t", operation, parameters: { x: { type: "list" } } });
      expect(templateFaults(template).map(({ message }) => message)).toEqual([
        "a list stands among the arguments of a command alone",
      ]);
    }
  });
});

test("no item of a list is an option of the command, but where the template says so", () => {
  const list = (more: object = {}) => action({ type: "list", ...more }, ["tar", "{{x}}"]);
  expect(() => renderOperation(list(), { x: ["a", "--to-command=id"] })).toThrow("do not fit");
  expect(renderOperation(list({ items: { validation: { one_of: ["-v", "-z"] } } }), { x: ["-v", "-z"] })).toMatchObject(
    {
      argv: ["tar", "-v", "-z"],
    },
  );
  expect(renderOperation(action({ type: "integer" }, ["nice", "{{x}}"]), { x: -5 })).toMatchObject({
    argv: ["nice", "-5"],
  });
});
