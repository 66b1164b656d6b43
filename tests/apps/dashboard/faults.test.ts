import { faultAt, faultsElsewhere, faultsOf, schemaFaults } from "@homeslice/dashboard/forms/faults.ts";
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

  test("is found before it is sent at the same places", () => {
    const { error } = z.object({ a: z.object({ b: z.int() }) }).safeParse({ a: { b: "x" } });
    expect(Object.keys(error ? schemaFaults(error) : {})).toEqual(["a.b"]);
  });
});
