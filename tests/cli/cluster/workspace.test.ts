import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHome } from "@homeslice/cli/cluster/home.ts";
import { passphraseEnv } from "@homeslice/cli/cluster/passphrase.ts";
import { readStackFile } from "@homeslice/cli/cluster/stackFile.ts";
import { backendUrl, prepareWorkspace } from "@homeslice/cli/cluster/workspace.ts";
import { beforeEach, expect, test } from "vitest";
import { parse } from "yaml";

let root: string;
const home = () => openHome("dev", { HOMESLICE_HOME: join(root, "home") });
const copy = () => parse(readFileSync(join(home().stack, "Pulumi.dev.yaml"), "utf8"));
const write = (text: string) => writeFileSync(join(root, "Pulumi.dev.yaml"), text);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "homeslice-workspace-"));
  write("config:\n  homeslice:domain: a.example\n");
});

test("the engine works on a copy of the settings; the user's file stays as it was", () => {
  const before = readFileSync(join(root, "Pulumi.dev.yaml"), "utf8");
  prepareWorkspace(home(), readStackFile("dev", root), []);
  expect(copy()).toEqual({ config: { "homeslice:domain": "a.example" } });
  expect(readFileSync(join(root, "Pulumi.dev.yaml"), "utf8")).toBe(before);
});

test("the salt that the engine wrote into the copy is kept by later runs, and settings follow the user's file", () => {
  prepareWorkspace(home(), readStackFile("dev", root), []);
  writeFileSync(join(home().stack, "Pulumi.dev.yaml"), "encryptionsalt: v1:engine\nconfig:\n  old: value\n");
  write("config:\n  homeslice:domain: b.example\n");
  prepareWorkspace(home(), readStackFile("dev", root), []);
  expect(copy()).toEqual({ encryptionsalt: "v1:engine", config: { "homeslice:domain": "b.example" } });
});

test("the encryption that the user's file states goes before that of earlier runs, as a whole", () => {
  prepareWorkspace(home(), readStackFile("dev", root), []);
  writeFileSync(join(home().stack, "Pulumi.dev.yaml"), "encryptionsalt: v1:engine\nconfig: {}\n");
  write("secretsprovider: awskms://key\nencryptedkey: abc\nconfig:\n  homeslice:token: {secure: v1:x}\n");
  prepareWorkspace(home(), readStackFile("dev", root), []);
  expect(copy()).toEqual({
    secretsprovider: "awskms://key",
    encryptedkey: "abc",
    config: { "homeslice:token": { secure: "v1:x" } },
  });
});

test("the project names our own provider, and stand-ins where there are any", () => {
  const project = () => parse(readFileSync(join(home().stack, "Pulumi.yaml"), "utf8"));
  prepareWorkspace(home(), readStackFile("dev", root), []);
  expect(project()).toMatchObject({ name: "homeslice", runtime: "nodejs" });
  const [own, ...others] = project().plugins.providers;
  expect([own.name, others]).toEqual(["homeslice", []]);
  expect(existsSync(join(own.path, "pulumi-resource-homeslice"))).toBe(true);
  prepareWorkspace(home(), readStackFile("dev", root), [{ name: "random", path: "/standins/random" }]);
  expect(project().plugins.providers.slice(1)).toEqual([{ name: "random", path: "/standins/random" }]);
});

test("the state lies where --backend says, else PULUMI_BACKEND_URL, else in the data directory", () => {
  expect(backendUrl(home(), "s3://one", { PULUMI_BACKEND_URL: "s3://two" })).toBe("s3://one");
  expect(backendUrl(home(), undefined, { PULUMI_BACKEND_URL: "s3://two" })).toBe("s3://two");
  expect(backendUrl(home(), undefined, {})).toBe(`file://${join(root, "home", "state")}?metadata=skip`);
});

test("the passphrase is generated once, and only its owner may read it", () => {
  const first = passphraseEnv(home(), {});
  expect(first).toEqual({ PULUMI_CONFIG_PASSPHRASE_FILE: home().passphrase });
  const text = readFileSync(home().passphrase, "utf8");
  expect(text.trim()).toMatch(/^[\w-]{43}$/);
  expect(statSync(home().passphrase).mode & 0o777).toBe(0o600);
  passphraseEnv(home(), {});
  expect(readFileSync(home().passphrase, "utf8")).toBe(text);
});

test.each([
  { PULUMI_CONFIG_PASSPHRASE: "" },
  { PULUMI_CONFIG_PASSPHRASE: "mine" },
  { PULUMI_CONFIG_PASSPHRASE_FILE: "/file" },
])("a passphrase of the user's own is left alone: %j", (env) => {
  expect(passphraseEnv(home(), env)).toEqual({});
  expect(existsSync(home().passphrase)).toBe(false);
});

test("a lost passphrase is reported in place of making one that opens nothing", () => {
  passphraseEnv(home(), {});
  mkdirSync(join(home().state, ".pulumi", "stacks", "homeslice"), { recursive: true });
  writeFileSync(join(home().state, ".pulumi", "stacks", "homeslice", "dev.json"), "{}");
  rmSync(home().passphrase);
  expect(() => passphraseEnv(home(), {})).toThrow(/passphrase file has gone/);
  expect(existsSync(home().passphrase)).toBe(false);
});
