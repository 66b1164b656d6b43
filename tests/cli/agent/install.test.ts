import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "@homeslice/agent/config/settings.ts";
import { readPolicy } from "@homeslice/agent/policy/policy.ts";
import { paths, unitFile } from "@homeslice/cli/agent/files.ts";
import { installAgent, uninstallAgent } from "@homeslice/cli/agent/install.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

let root: string;
let said: string;
const given = { url: "https://orchestrator.example.org/", token: "single-use" };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "homeslice-install-"));
  said = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true });
});

const mode = (path: string) => (statSync(join(root, path)).mode & 0o777).toString(8);
const read = (path: string) => readFileSync(join(root, path), "utf8");

test("an installation holds settings that the agent understands, a policy that allows nothing, and keeps both to itself", async () => {
  await installAgent({ ...given, root });
  const settings = readSettings({ HOMESLICE_CONFIG_FILE: join(root, paths.config) });
  expect(settings).toMatchObject({
    orchestratorUrl: "https://orchestrator.example.org",
    enrolmentTokenFile: paths.token,
  });
  expect(await (await readPolicy(join(root, paths.policy))).refusal("/bin/true")).toContain("is not allowed");
  expect(read(paths.token)).toBe("single-use\n");
  for (const path of [paths.config, paths.token, paths.policy]) expect(mode(path)).toBe("600");
  for (const path of [paths.settings, paths.secrets, paths.state]) expect(mode(path)).toBe("700");
});

test("installing again keeps the policy", async () => {
  await installAgent({ ...given, root });
  writeFileSync(join(root, paths.policy), "commands: all\n");
  await installAgent({ ...given, token: "next", root });
  expect(read(paths.policy)).toBe("commands: all\n");
  expect(read(paths.token)).toBe("next\n");
});

test("the unit shuts what the agent does not need, and lets commands outlive it", () => {
  const unit = unitFile({ url: "", name: undefined, user: "u", node: "/usr/bin/node", checkout: "/opt/homeslice" });
  expect(unit).toContain(
    "ExecStart=/usr/bin/node --max-semi-space-size=1 --optimize-for-size /opt/homeslice/apps/agent/dist/main.mjs\n",
  );
  for (const line of ["NoNewPrivileges=yes", "ProtectSystem=strict", "KillMode=process", "Delegate=yes", "User=u"]) {
    expect(unit.split("\n")).toContain(line);
  }
  for (const line of unit.split("\n")) expect(line).toMatch(/^(\[\w+\]|\w+=.*|)$/);
});

test("a dry run shows everything but the token, and writes nothing", async () => {
  await installAgent({ ...given, dryRun: true });
  expect(said).toContain("# /etc/homeslice/agent.yaml, mode 0600");
  expect(said).toContain("[Service]");
  expect(said).not.toContain("single-use");
});

test("uninstalling keeps what the agent knows, unless it is to be purged", async () => {
  await installAgent({ ...given, root });
  uninstallAgent({ root });
  expect(() => read(paths.unit)).toThrow("ENOENT");
  expect(read(paths.token)).toBe("single-use\n");
  uninstallAgent({ root, purge: true });
  expect(() => read(paths.token)).toThrow("ENOENT");
});

test.each([
  [{ token: "x" }, /needs the address/],
  [{ url: "ftp://x", token: "x" }, /--url: give the base URL/],
  [{ url: "https://x", token: "x", user: "a b" }, /--user: use the name/],
])("%j is refused", async (options, reason) => {
  await expect(installAgent({ ...options, root })).rejects.toThrow(reason);
});
