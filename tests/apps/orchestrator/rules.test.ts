import {
  ApiError,
  finalStates,
  isFinal,
  NewAction,
  Operation,
  SuccessCriteria,
  TargetState,
} from "@homeslice/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { renderOperation, templateFaults } from "../../../apps/orchestrator/actions/template.ts";
import { finalStateOf, openStates, overallState, statesBefore } from "../../../apps/orchestrator/executions/state.ts";
import { requireTemplates, templateOf } from "../../../apps/orchestrator/operations/index.ts";

const anyState = fc.constantFrom(...TargetState.options);

describe("the state machine", () => {
  test("lets nothing out of a final state, and everything else into each final one but by its own way", () => {
    for (const to of TargetState.options) {
      for (const from of statesBefore(to)) expect(isFinal(from)).toBe(false);
    }
    expect(statesBefore("succeeded")).not.toContain("queued");
    expect(statesBefore("lost")).toContain("queued");
  });

  test("goes back to queued only from an attempt that was begun", () => {
    expect(statesBefore("queued").toSorted()).toEqual([...openStates].toSorted());
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
    const criteria = SuccessCriteria.parse({ exit_code: 3, execution_time_max: 2 });
    const ended = { exit_code: 3, duration_seconds: 1 };
    expect(finalStateOf({ ...ended, outcome: "exited" }, criteria)).toBe("succeeded");
    expect(finalStateOf({ ...ended, outcome: "exited", exit_code: 0 }, criteria)).toBe("failed");
    expect(finalStateOf({ ...ended, outcome: "exited", duration_seconds: 3 }, criteria)).toBe("failed");
    expect(finalStateOf({ ...ended, outcome: "refused" }, criteria)).toBe("failed");
    expect(finalStateOf({ ...ended, outcome: "timed_out" }, criteria)).toBe("timed_out");
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

  test.each([
    ["S1", ";id"],
    ["S2", "$(id)"],
    ["S4", "a|cat /etc/passwd"],
    ["S5", "&&env"],
    ["S7", "x\nid"],
    ["S11", "../../etc/shadow"],
    ["S14", "*"],
    ["S17", "；\u2028"],
    ["a placeholder", "{{text}}"],
  ])("puts a parameter in place as one whole argument: %s %j", (_id, text) => {
    const template = action(["echo", "{{text}}"], { text: { type: "string" } });
    expect(renderOperation(template, { text })).toMatchObject({ argv: ["echo", text] });
  });

  test.each(["-e", "--checkpoint-action=exec=id", "-exec", "--upload-pack=id", "--"])(
    "S10 lets no parameter be the option %s, but where it says so",
    (text) => {
      const fault = "body.parameters.text: must not begin with a dash";
      const parameters = { text: { type: "string" } };
      expect(faultsOf(() => renderOperation(action(["tar", "{{text}}"], parameters), { text }))).toEqual([
        expect.stringContaining(fault),
      ]);
      expect(renderOperation(action(["tar", "--", "{{text}}"], parameters), { text })).toMatchObject({
        argv: ["tar", "--", text],
      });
      const listed = { text: { type: "string", validation: { one_of: [text] } } };
      expect(renderOperation(action(["tar", "{{text}}"], listed), { text })).toMatchObject({ argv: ["tar", text] });
    },
  );

  test.each(["constructor", "tostring", "valueof"])("S13 knows no parameter %s that nobody defined", (name) => {
    expect(templateFaults(action(["echo", `{{${name}}}`]))).toHaveLength(1);
    const template = action(["echo", `{{${name}}}`], { [name]: { type: "string", required: false } });
    expect(renderOperation(template, {})).toMatchObject({ argv: ["echo"] });
  });

  test("uses defaults, leaves out what is optional, and names every parameter that does not fit", () => {
    const template = action(["head", "-n", "{{count}}", "{{file}}"], {
      count: { type: "integer", default: 10 },
      file: { type: "string", required: false },
      must: { type: "boolean" },
    });
    expect(renderOperation(template, { must: true })).toMatchObject({ argv: ["head", "-n", "10"] });
    expect(faultsOf(() => renderOperation(template, { count: "10", constructor: "x" }))).toEqual([
      "body.parameters.constructor: unknown parameter",
      "body.parameters.count: must be of type integer",
      "body.parameters.must: required",
    ]);
  });
});

describe("a template of a check", () => {
  const checks = (operation: z.input<typeof Operation>) =>
    NewAction.parse({ name: "t", operation, parameters: { text: { type: "string" } } });

  test("takes parameters where a value stands, and checks what they give", () => {
    const file = checks({ type: "file_validation", path: "{{text}}" });
    expect(renderOperation(file, { text: "/etc/hosts" })).toMatchObject({ path: "/etc/hosts" });
    for (const text of ["../../etc/shadow", "/srv/../etc/shadow", "relative", "/a\0b", "/a\nb"]) {
      expect(
        faultsOf(() => renderOperation(file, { text })),
        text,
      ).toHaveLength(1);
    }
    const health = checks({ type: "service_health", probe: { kind: "systemd", unit: "{{text}}" } });
    expect(renderOperation(health, { text: "nginx.service" })).toMatchObject({ probe: { unit: "nginx.service" } });
    expect(faultsOf(() => renderOperation(health, { text: "--all" }))).toHaveLength(1);
  });

  test("binds them to a statement, and never lets them into its text", () => {
    const bound = { type: "database_query", connection: "db", query: "select $1" } as const;
    const parameters = ["{{text}}"];
    expect(renderOperation(checks({ ...bound, parameters }), { text: "'; drop" })).toMatchObject({
      query: "select $1",
      parameters: ["'; drop"],
    });
    for (const query of ["select '{{text}}'", "{{text}}"]) {
      expect(templateFaults(checks({ ...bound, parameters, query })).map(({ path }) => path)).toEqual([
        "body.operation.query",
      ]);
    }
  });

  test("is described for people", () => {
    const describe = (operation: z.input<typeof Operation>) =>
      templateOf(Operation.parse(operation)).describe(Operation.parse(operation));
    expect(describe({ type: "shell_command", argv: ["echo", "a b"] })).toBe("run echo 'a b'");
    expect(describe({ type: "file_validation", path: "/x", size_gt_mb: 1 })).toBe(
      "check that /x exists, is larger than 1 MiB",
    );
    expect(describe({ type: "service_health", probe: { kind: "tcp", host: "db", port: 5432 } })).toBe(
      "connect to db port 5432",
    );
  });

  test("has to be there for every operation: without it, the orchestrator does not start", () => {
    expect(() => requireTemplates()).not.toThrow();
    expect(() => requireTemplates({ shell_command: {} })).toThrow(
      "operations without a template: file_validation, service_health, database_query",
    );
  });
});
