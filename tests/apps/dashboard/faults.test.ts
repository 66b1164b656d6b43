import { complaint } from "@homeslice/dashboard/forms/complaint.ts";
import { faultAt, faultsElsewhere, faultsOf, schemaFaults } from "@homeslice/dashboard/forms/faults.ts";
import { messages as german } from "@homeslice/dashboard/i18n/de/index.ts";
import { messages as english, type Messages } from "@homeslice/dashboard/i18n/en/index.ts";
import { ClientError } from "@homeslice/protocol/client.ts";
import { describe, expect, test } from "vitest";
import { z } from "zod";

describe("what is wrong with a form", () => {
  const problem = {
    type: "/problems/invalid_request",
    title: "invalid request",
    status: 400,
    code: "invalid_request",
    errors: [
      { path: "body.timing.expression", message: "no" },
      { path: "body.timing.black_outs.1.minutes", message: "too long" },
      { path: "header.if-match", message: "gone" },
    ],
  };

  test("is shown at the field of its place, or around it, and what has no field in a list", () => {
    const faults = faultsOf(new ClientError(problem));
    expect(faultAt(faults, "timing.expression")).toBe("no");
    expect(faultAt(faults, "timing.black_outs")).toBe("too long");
    expect(faultAt(faults, "timing.black")).toBeUndefined();
    expect(faultsElsewhere(faults, ["timing"])).toEqual([["header.if-match", "gone"]]);
  });

  test("is said in the language of the page by its kind, and in the words of the schema where it has some", () => {
    const schema = z.strictObject({
      name: z.string().min(1),
      password: z.string().min(12),
      code: z.string().max(3),
      count: z.int().min(1).max(9),
      share: z.number().positive(),
      tags: z.array(z.string()).min(1),
      server: z.uuid(),
      key: z.string().regex(/^a/),
      own: z.string().regex(/^a/, "use an a"),
      role: z.enum(["viewer", "admin"]),
      other: z.union([z.number(), z.boolean()]),
    });
    const filled = { name: "", password: "x", code: "long", share: 0, tags: [], server: "x", key: "b", own: "b" };
    const body = { ...filled, count: "many", role: "king", other: "x", more: 1 };
    const faults = (texts: Messages) => {
      const { error } = schema.safeParse(body, { error: (issue) => complaint(issue, texts.complaints) });
      return error ? schemaFaults(error) : {};
    };
    expect(faults(german)).toEqual({
      name: "Das wird gebraucht.",
      password: "Mindestens 12 Zeichen werden gebraucht.",
      code: "Höchstens 3 Zeichen.",
      count: "Hier gehört eine Zahl hin.",
      share: "Mehr als 0.",
      tags: "Mindestens 1 wird gebraucht.",
      server: "Bitte etwas wählen, das es gibt.",
      key: "Das hat nicht die Form, die gebraucht wird.",
      own: "use an a",
      role: "Eines davon wird gebraucht: viewer, admin.",
      other: "Das hat nicht die Form, die gebraucht wird.",
      "": "Das kennt hier niemand: more.",
    });
    expect(faults(english)).toMatchObject({ name: "This is needed.", count: "A number is needed.", own: "use an a" });
  });

  test("is found before it is sent at the same places", () => {
    const { error } = z.object({ a: z.object({ b: z.int() }) }).safeParse({ a: { b: "x" } });
    expect(Object.keys(error ? schemaFaults(error) : {})).toEqual(["a.b"]);
  });
});
