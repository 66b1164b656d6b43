import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "@homeslice/orchestrator/settings.ts";
import { afterAll, expect, test } from "vitest";

const main = join(import.meta.dirname, "../../../apps/orchestrator/main.ts");
const directory = mkdtempSync(join(tmpdir(), "homeslice-settings-"));
afterAll(() => rmSync(directory, { recursive: true }));

const file = (name: string, text: string) => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};
const right = {
  HOMESLICE_DATABASE_HOST: "db",
  HOMESLICE_DATABASE_PASSWORD_FILE: file("password", "a password\n"),
  HOMESLICE_KEY_FILE: file("key", `${"k".repeat(32)}\n`),
};

test("an orchestrator does not start with a secret that is short, nor with anything else that is wrong, and names all of it", () => {
  const env = {
    ...right,
    HOMESLICE_DATABASE_HOST: undefined,
    HOMESLICE_DATABASE_PASSWORD_FILE: join(directory, "none"),
    HOMESLICE_KEY_FILE: file("short", "CHANGE_ME"),
    HOMESLICE_PORT: "eighty",
    HOMESLICE_PUBLIC_URL: "http://orchestrator.example.org",
    HOMESLICE_OIDC_ROLES: "{",
  };
  const { status, stderr } = spawnSync(process.execPath, [main, "serve"], { env, encoding: "utf8" });
  const named = [...stderr.matchAll(/^ {2}(HOMESLICE_\w+): /gm)].map(([, name]) => name);
  expect([status, named.toSorted()]).toEqual([2, Object.keys(env).toSorted()]);
  expect(stderr).toContain("HOMESLICE_KEY_FILE: must hold a secret of 32 bytes or more");
  expect(stderr).not.toMatch(/CHANGE_ME|^ +at /m);
});

test("what one setting needs of another is asked for", () => {
  expect(readSettings(right)).toMatchObject({ requestsPerSecond: 100, corsOrigins: [], oidc: undefined });
  const alone = { ...right, HOMESLICE_OIDC_ISSUER: "https://id.example.org" };
  expect(() => readSettings(alone)).toThrow(/HOMESLICE_OIDC_CLIENT_ID: is needed with HOMESLICE_OIDC_ISSUER/);
});
