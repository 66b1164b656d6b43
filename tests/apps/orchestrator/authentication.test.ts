import { Authentication } from "@homeslice/orchestrator/auth/authentication.ts";
import { mintToken } from "@homeslice/protocol";
import { expect, test } from "vitest";
import { Engine } from "./properties/engine.ts";

// Whoever was let in is remembered for a moment.

const engine = await Engine.open();
const secret = Buffer.alloc(32, 1);
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));

test("a token is over when it says so, also while it is remembered", async () => {
  let now = at(0);
  const timings = { ...engine.context.timings, identityMs: 5_000 };
  const authentication = new Authentication({ ...engine.context, timings, now: () => now }, secret);
  const token = await mintToken(secret, { subject: "ada", role: "viewer" }, 3, now);
  const identify = (text = token) => authentication.identify({ headers: { authorization: `Bearer ${text}` } });
  expect((await identify())?.caller.subject).toBe("ada");
  now = at(2);
  expect((await identify())?.caller.subject).toBe("ada");
  expect(await identify(`${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`)).toBeUndefined();
  now = at(3);
  expect(await identify()).toBeUndefined();
});
