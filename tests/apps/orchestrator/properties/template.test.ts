import { renderOperation, templateFaults } from "@homeslice/orchestrator/actions/template.ts";
import { ApiError, NewAction } from "@homeslice/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";

// A template of a command, against what it is to mean: each parameter fills whole arguments, and nothing else moves.

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/);
const hostile = ["", "-", "--", "--upload-pack=x", "{{a}}", ";id", "$(id)", "a\nb", "*", "；", " ", "'\"", "🙂"];
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }).filter((value) => !value.includes("\0")),
  fc.constantFrom(...hostile),
);
const literal = text.filter((value) => !value.includes("{{"));

/** A command with the parameters in it, and what was given for them; undefined: nothing was. */
const command = fc.dictionary(name, fc.option(text, { nil: undefined }), { maxKeys: 4 }).chain((given) => {
  const places = Object.keys(given).map((parameter) => fc.constant({ parameter }));
  const element = fc.oneof(
    literal.map((value) => ({ value })),
    ...places,
  );
  return fc.record({ given: fc.constant(given), rest: fc.array(element, { maxLength: 8 }) });
});

test("each parameter fills whole arguments, in its place, or the command is refused: nothing escapes", () => {
  fc.assert(
    fc.property(command, ({ given, rest }) => {
      const written = rest.map((element) => ("value" in element ? element.value : `{{${element.parameter}}}`));
      const parameters = Object.fromEntries(
        Object.keys(given).map((key) => [key, { type: "string", required: false }]),
      );
      const operation = { type: "shell_command", argv: ["program", ...written] };
      const action = NewAction.parse({ name: "t", operation, parameters });
      expect(templateFaults(action)).toEqual([]);
      const values = Object.fromEntries(
        Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
      );

      const end = written.indexOf("--");
      const isOption = rest.some(
        (element, index) =>
          "parameter" in element && (end < 0 || index < end) && given[element.parameter]?.startsWith("-") === true,
      );
      const expected = rest.flatMap((element) =>
        "value" in element ? element.value : (given[element.parameter] ?? []),
      );
      if (isOption) expect(() => renderOperation(action, values)).toThrow(ApiError);
      else expect(renderOperation(action, values)).toMatchObject({ argv: ["program", ...expected] });
    }),
    { numRuns: 1_000 },
  );
});

test("a parameter that is only a part of an argument, or that nobody defined, makes no template", () => {
  const around = fc.tuple(literal, name, literal).filter(([before, , after]) => (before + after).trim() !== "");
  fc.assert(
    fc.property(around, ([before, parameter, after]) => {
      const argv = ["program", `${before}{{${parameter}}}${after}`];
      const parameters = { [parameter]: { type: "string" } };
      const action = NewAction.parse({ name: "t", operation: { type: "shell_command", argv }, parameters });
      expect(templateFaults(action).map(({ path }) => path)).toEqual(["body.operation.argv.1"]);
    }),
  );
  fc.assert(
    fc.property(fc.oneof(name, fc.constantFrom("constructor", "valueof", "tostring")), (parameter) => {
      const action = NewAction.parse({
        name: "t",
        operation: { type: "shell_command", argv: ["p", `{{${parameter}}}`] },
      });
      expect(templateFaults(action)).toHaveLength(1);
    }),
  );
});
