import { messages as german } from "@homeslice/dashboard/i18n/de/index.ts";
import { messages as english } from "@homeslice/dashboard/i18n/en/index.ts";
import { operationFacts } from "@homeslice/dashboard/run/operationFacts.ts";
import { placeOf } from "@homeslice/dashboard/ui/place.ts";
import { Operation } from "@homeslice/protocol/operations/index.ts";
import { routes } from "@homeslice/protocol/routes.ts";
import { describe, expect, test } from "vitest";
import { z } from "zod";

/** Requests that programs send by themselves: nobody fills them in. */
const ofPrograms = new Set(["reportDrift", "subscribePush", "enrolAgent", "refreshTokens", "revokeTokens"]);

/** What the fields of a schema are called, those inside of others, too. */
function namesIn(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own =
    "properties" in schema && typeof schema.properties === "object" ? Object.keys(schema.properties ?? {}) : [];
  return [...own, ...Object.values(schema).flatMap(namesIn)];
}

const bodies = Object.entries(routes)
  .filter(([name]) => !ofPrograms.has(name))
  .map(([, { body }]) => z.toJSONSchema(body, { io: "input", unrepresentable: "any" }));
const names = [...new Set(bodies.flatMap(namesIn))].sort();

describe("where something is wrong", () => {
  test.each([
    ["English", english],
    ["German", german],
  ])("every field of every request has a name in %s, and no other is kept", (_, { fields }) => {
    expect(names.length).toBeGreaterThan(100);
    expect(Object.keys(fields).sort()).toEqual(names);
    expect(Object.values(fields).filter((field) => field === "" || field.includes("_"))).toEqual([]);
  });

  test.each([
    ["body.steps.0.needs", "Schritte › 1 › Braucht"],
    ["operation.argv[2]", "Operation › Programm und Argumente › 3"],
    ["targets", "Ziele"],
    ["execution.parameters.name", "Ausführung › Parameter › name"],
    ["body", ""],
    ["", ""],
    ["header.if-match", "header › if-match"],
  ])("%s is said as %s", (path, place) => {
    expect(placeOf(path, german.fields)).toBe(place);
  });
});

test("what an operation says is named in the language of the page, and what people have named as they did", () => {
  const probe = Operation.parse({ type: "service_health", probe: { kind: "tcp", host: "db", port: 5432 } });
  expect(operationFacts(probe, german)).toEqual(
    expect.arrayContaining([
      ["Operation", "Einen Dienst fragen"],
      ["Wie gefragt wird › Art", "tcp"],
      ["Wie gefragt wird › Host", "db"],
      ["Wie gefragt wird › Port", "5432"],
    ]),
  );
  const command = Operation.parse({ type: "shell_command", argv: ["true"], environment_vars: { host: "a\u202eb" } });
  expect(operationFacts(command, german)).toContainEqual(["Umgebungsvariablen › host", "a⟨U+202E⟩b"]);
  expect(operationFacts(command, german).flat().join(" ")).not.toMatch(/\w_\w|argv/);
});
