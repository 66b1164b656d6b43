import { ApiError, finalStates, isFinal, NewAction, TargetState } from "@homeslice/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderOperation, templateFaults } from "../../../apps/orchestrator/actions/argv.ts";
import { finalStateOf, overallState, statesBefore } from "../../../apps/orchestrator/executions/state.ts";

const anyState = fc.constantFrom(...TargetState.options);

describe("the state machine", () => {
  test("lets nothing out of a final state, and everything else into each final one but by its own way", () => {
    for (const to of TargetState.options) {
      for (const from of statesBefore(to)) expect(isFinal(from)).toBe(false);
    }
    expect(statesBefore("succeeded")).not.toContain("queued");
    expect(statesBefore("lost")).toContain("queued");
  });

  test("never goes back to queued", () => {
    expect(statesBefore("queued")).toEqual([]);
  });

  test("says of a whole execution that it is final exactly when every target is", () => {
    fc.assert(
      fc.property(fc.array(anyState, { minLength: 1 }), (states) => {
        expect(isFinal(overallState(states))).toBe(states.every(isFinal));
      }),
    );
  });

  test("calls a whole execution succeeded only when every target succeeded", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...finalStates), { minLength: 1 }), (states) => {
        expect(overallState(states) === "succeeded").toBe(states.every((state) => state === "succeeded"));
      }),
    );
  });

  test("takes the exit code of the template for success, and no other", () => {
    expect(finalStateOf({ outcome: "exited", exit_code: 3 }, 3)).toBe("succeeded");
    expect(finalStateOf({ outcome: "exited", exit_code: 0 }, 3)).toBe("failed");
    expect(finalStateOf({ outcome: "refused", exit_code: 0 }, 0)).toBe("failed");
    expect(finalStateOf({ outcome: "timed_out", exit_code: 0 }, 0)).toBe("timed_out");
  });
});

const action = (argv: [string, ...string[]], parameters: NewAction["parameters"] | object = {}) =>
  NewAction.parse({ name: "test", operation: { type: "shell_command", argv }, parameters });

const faultsOf = (run: () => unknown) => {
  try {
    return run();
  } catch (error) {
    return error instanceof ApiError ? error.problem.errors?.map(({ path, message }) => `${path}: ${message}`) : error;
  }
};

describe("a template", () => {
  test("is refused when a placeholder names nothing, or is a part of an argument", () => {
    const faulty = action(["echo", "{{missing}}", "--name={{name}}"], { name: { type: "string" } });
    expect(templateFaults(faulty).map(({ path }) => path)).toEqual(["body.operation.argv.1", "body.operation.argv.2"]);
  });

  test("puts each parameter in place as one whole argument, whatever it contains", () => {
    const template = action(["echo", "{{text}}"], { text: { type: "string" } });
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0")),
        (text) => {
          expect(renderOperation(template, { text }).argv).toEqual(["echo", text]);
        },
      ),
    );
    for (const text of [";id", "$(id)", "a|cat", "&&env", "x\nid", "*", "{{text}}", "--upload-pack=x", "；"]) {
      expect(renderOperation(template, { text }).argv).toEqual(["echo", text]);
    }
  });

  test("uses defaults, leaves out what is optional, and names every parameter that does not fit", () => {
    const template = action(["head", "-n", "{{count}}", "{{file}}"], {
      count: { type: "integer", default: 10 },
      file: { type: "string", required: false },
      must: { type: "boolean" },
    });
    expect(renderOperation(template, { must: true }).argv).toEqual(["head", "-n", "10"]);
    expect(faultsOf(() => renderOperation(template, { count: "10", constructor: "x" }))).toEqual([
      "body.parameters.constructor: unknown parameter",
      "body.parameters.count: must be of type integer",
      "body.parameters.must: required",
    ]);
  });
});
