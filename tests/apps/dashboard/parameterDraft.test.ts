import { draftOf, faultsOfFilled, parametersOf } from "@homeslice/dashboard/starts/parameterDraft.ts";
import { ParameterDefinition } from "@homeslice/protocol/parameters.ts";
import { expect, test } from "vitest";
import { z } from "zod";

const definitions = z.record(z.string(), ParameterDefinition).parse({
  unit: { type: "string", default: "nginx" },
  count: { type: "integer" },
  force: { type: "boolean" },
  files: { type: "list" },
  ports: { type: "list", items: { type: "integer" } },
});

test("U14: values of parameters come back from their fields as they went in", () => {
  const given = { unit: "-x\t\"'", count: -0.5, force: false, files: ["a b", "c"], ports: [80, 443] };
  expect(parametersOf(definitions, draftOf(definitions, given))).toEqual(given);
});

test("U14: an empty field leaves the default to the action, and what is no number is not made one", () => {
  expect(draftOf(definitions)["unit"]).toBe("nginx");
  expect(parametersOf(definitions, { unit: "", count: "1e309", ports: "０１\n80" })).toEqual({
    count: "1e309",
    ports: ["０１", 80],
  });
});

test("what nobody has filled in yet is no mistake, and everything else that is wrong is", () => {
  const faults = {
    "in.who": "required",
    "in.ports.1": "no number",
    "in.count": "too large",
    in: "too many",
    at: "past",
  };
  const { "in.who": _unsaid, ...said } = faults;
  expect(faultsOfFilled(faults, { who: "", ports: "1\nx", count: "9" }, "in")).toEqual(said);
});
