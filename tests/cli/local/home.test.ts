import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LAYOUT_VERSION, locateHome, prepareHome } from "../../../cli/local/home.ts";

const MAIN = join(import.meta.dirname, "../../../cli/main.ts");
/** Root is above permissions; in a user namespace it is not. */
const asOrdinaryUser = process.getuid?.() === 0 ? ["unshare", "--user", "--map-user=1000", "--"] : [];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "homeslice-home-"));
});
afterEach(() => {
  spawnSync("umount", [join(directory, "disk")], { stdio: "ignore" });
  rmSync(directory, { recursive: true, force: true });
});

function up(home: string): { code: number | null; stderr: string } {
  const [file = "", ...args] = [...asOrdinaryUser, process.execPath, MAIN, "up", "--detach", "--port", "0"];
  const { status, stderr } = spawnSync(file, args, { encoding: "utf8", env: { ...process.env, HOMESLICE_HOME: home } });
  return { code: status, stderr };
}

test("the home is .homeslice in the checkout, or what HOMESLICE_HOME says, relative to where one is", () => {
  expect(locateHome({}).root).toBe(join(import.meta.dirname, "../../../.homeslice"));
  expect(locateHome({ HOMESLICE_HOME: "there" }).root).toBe(join(process.cwd(), "there"));
});

test("a new home is private to its user and carries the number of its layout", () => {
  const home = locateHome({ HOMESLICE_HOME: join(directory, "a/b") });
  prepareHome(home);
  expect(statSync(home.root).mode & 0o777).toBe(0o700);
  expect(() => prepareHome(home)).not.toThrow();
});

test("a home of a newer version is refused and left as it is", () => {
  writeFileSync(join(directory, "version"), `${LAYOUT_VERSION + 1}\n`);
  const { code, stderr } = up(directory);
  expect(code).toBe(2);
  expect(stderr).toContain(`${directory}: was written by a newer Homeslice (layout 2; this one knows up to 1)`);
  expect(readdirSync(directory)).toEqual(["version"]);
});

test("a version file that holds no number is named", () => {
  writeFileSync(join(directory, "version"), "one\n");
  expect(up(directory).stderr).toContain('version: holds "one" where the number of a layout belongs');
});

test("a home that cannot be written is refused", () => {
  chmodSync(directory, 0o555);
  const { code, stderr } = up(join(directory, "home"));
  expect(code).toBe(2);
  expect(stderr).toContain(`${join(directory, "home")}: cannot be written by this user`);
  expect(stderr).toContain("set HOMESLICE_HOME to another directory");
});

test("a home that is a file, or below one, is refused", () => {
  const file = join(directory, "file");
  writeFileSync(file, "");
  expect(up(file)).toMatchObject({ code: 2, stderr: expect.stringContaining(`${file}: is not a directory`) });
  expect(up(join(file, "home")).stderr).toContain("is below something that is not a directory");
});

test.for(["64m", "16k"])("a home on a full disk of %s is refused", (size, { skip }) => {
  const disk = join(directory, "disk");
  mkdirSync(disk);
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk], { stdio: "ignore" });
  if (status !== 0) skip("a small disk can be mounted by root only");
  if (size === "16k") expect(() => writeFileSync(join(disk, "filling"), Buffer.alloc(32_768))).toThrow("ENOSPC");
  const { code, stderr } = up(join(disk, "home"));
  expect(code).toBe(2);
  expect(stderr).toContain(`${join(disk, "home")}: its disk is full`);
  expect(existsSync(join(disk, "home/postgresql"))).toBe(false);
});
