import { isNamedIn, usesOf } from "@homeslice/dashboard/secrets/uses.ts";
import { emptyToken, permissionsToGive, rolesToGive, tokenOf } from "@homeslice/dashboard/tokens/tokenDraft.ts";
import { NewApiToken } from "@homeslice/protocol/accounts.ts";
import { Action } from "@homeslice/protocol/actions.ts";
import { describe, expect, test } from "vitest";

describe("a token that is to be made", () => {
  test("has at most the role of whoever makes it, and never what only people decide", () => {
    expect(rolesToGive("operator")).toEqual(["viewer", "operator"]);
    expect(permissionsToGive("admin")).not.toContain("executions:approve");
    expect(permissionsToGive("viewer")).not.toContain("executions:start");
  });

  test("asks for no permission that its role has lost since it was chosen, and for one at least", () => {
    const draft = { ...emptyToken, name: "ci", all: false, permissions: ["locks:force", "locks:read"] as const };
    expect(tokenOf(draft)).toEqual({ name: "ci", role: "viewer", permissions: ["locks:read"], expires_in_days: 90 });
    expect(NewApiToken.safeParse(tokenOf({ ...draft, permissions: [] })).success).toBe(false);
  });
});

test("a secret is asked for by actions that name it, propose it, or let one choose it", () => {
  const at = "2026-11-21T00:00:00.000Z";
  const action = (name: string, more: { secrets?: object[]; parameters?: object }) =>
    Action.parse({
      action_id: crypto.randomUUID(),
      name,
      operation: { type: "shell_command", argv: ["/bin/true"], secrets: more.secrets ?? [] },
      parameters: more.parameters ?? {},
      version: 1,
      metadata: { created_at: at, created_by: "ada", updated_at: at, usage_count: 0 },
    });
  const actions = [
    action("names it", { secrets: [{ name: "shop", from: "orchestrator", variable: "PGPASSWORD" }] }),
    action("has one of the server", { secrets: [{ name: "shop", variable: "PGPASSWORD" }] }),
    action("proposes it", { parameters: { password: { type: "secret", default: "shop" } } }),
    action("offers it", { parameters: { password: { type: "secret", validation: { one_of: ["shop", "test"] } } } }),
    action("says the word", { parameters: { word: { type: "string", default: "shop" } } }),
  ];
  expect(usesOf("shop", actions).map(({ name }) => name)).toEqual(["names it", "proposes it", "offers it"]);
  expect(isNamedIn({ name: "down", secret: { secret_name: "shop" } }, "shop")).toBe(true);
  expect(isNamedIn({ name: "shop", secret: { secret_name: "test" }, url: "shop" }, "shop")).toBe(false);
});
