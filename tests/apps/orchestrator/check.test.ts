import { randomBytes } from "node:crypto";
import { checkServing } from "@homeslice/orchestrator/check.ts";
import { VERSION } from "@homeslice/orchestrator/version.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Installation } from "./harness.ts";

let installation: Installation;
let url: string;
beforeAll(async () => {
  installation = await Installation.create();
  ({ url } = await installation.start());
});
afterAll(() => installation.destroy());

const check = (change: Partial<Parameters<typeof checkServing>[0]> = {}) =>
  checkServing({ url, secret: installation.secret, version: VERSION, ...change });

it("an orchestrator that serves passes the check", async () => {
  expect(await check()).toEqual([]);
});

it("one of another version does not", async () => {
  expect(await check({ version: "9.9.9" })).toEqual([
    expect.stringContaining("/api/v1/openapi.json answers something else"),
  ]);
});

it("one that does not accept the installation's tokens does not", async () => {
  expect(await check({ secret: randomBytes(48) })).toEqual([expect.stringContaining("/api/v1/servers answers 401")]);
});

it("one that does not answer does not, whatever is asked", async () => {
  const problems = await check({ url: "http://127.0.0.1:1" });
  expect(problems).toHaveLength(3);
  expect(problems[0]).toContain("/readyz does not answer");
});
