import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPolicy } from "@homeslice/agent/policy/policy.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "homeslice-policy-"));
  await mkdir(path("bin"));
  // One file that is many programs, told apart by the name it is called by.
  await writeFile(path("bin/box"), "", { mode: 0o755 });
  await symlink("box", path("bin/list"));
  await symlink("box", path("bin/remove"));
  await symlink("bin", path("sbin"));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const path = (name: string) => join(directory, name);

async function allows(commands: string[] | "all", file: string): Promise<boolean> {
  await writeFile(path("policy.yaml"), `commands: ${JSON.stringify(commands)}\n`);
  return (await (await readPolicy(path("policy.yaml"))).refusal(file)) === undefined;
}

describe("the policy of a server", () => {
  it("allows nothing when there is none, and names the file to write", async () => {
    const policy = await readPolicy(path("none.yaml"));
    expect(await policy.refusal("/bin/true")).toBe(
      `/bin/true is not allowed on this server: its owner can add it to "commands" in ${path("none.yaml")}`,
    );
  });

  it("allows everything when it says so", async () => {
    expect(await allows("all", "/bin/true")).toBe(true);
  });

  it("allows a program that it lists, by whatever directory it is reached", async () => {
    expect(await allows([path("bin/list")], path("bin/list"))).toBe(true);
    expect(await allows([path("bin/list")], path("sbin/list"))).toBe(true);
    expect(await allows([path("sbin/list")], path("bin/list"))).toBe(true);
  });

  it("allows every name of a file that it lists by its real path", async () => {
    expect(await allows([path("bin/box")], path("bin/list"))).toBe(true);
  });

  it("does not allow another program that lives in the same file", async () => {
    expect(await allows([path("bin/list")], path("bin/remove"))).toBe(false);
    expect(await allows([path("bin/list")], path("bin/box"))).toBe(false);
  });

  it("may list programs that are not installed", async () => {
    expect(await allows(["/no/such/program"], path("bin/list"))).toBe(false);
  });
});

it("S20: a policy that others can change is refused, with what to do", async () => {
  await writeFile(path("policy.yaml"), "commands: all\n");
  await chmod(path("policy.yaml"), 0o666);
  await expect(readPolicy(path("policy.yaml"))).rejects.toThrow("can be changed by others");
  await chmod(path("policy.yaml"), 0o644);
  expect((await readPolicy(path("policy.yaml"))).isolation).toBe("standard");
});

describe("S55: a policy that is more than it looks like", () => {
  const laughs = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (const [before, after] of ["ab", "bc", "cd", "de", "ef"]) {
    laughs.push(`${after}: &${after} [${Array.from({ length: 9 }, () => `*${before}`).join(", ")}]`);
  }
  it.each([
    ["a billion laughs", `${laughs.join("\n")}\ncommands: *f\n`],
    ["a function", "commands: !!js/function 'function () { return 1 }'\n"],
    ["a key twice", "commands: all\ncommands: [/bin/true]\n"],
    ["a merge key", "x: &x { commands: all }\n<<: *x\n"],
    ["two documents", "commands: all\n---\ncommands: [/bin/true]\n"],
    ["a country for a word", "commands: all\nisolation: no\n"],
    ["__proto__", "commands: all\n__proto__: { isolation: off }\n"],
  ])("is refused: %s", async (_name, text) => {
    await writeFile(path("policy.yaml"), text);
    const started = performance.now();
    await expect(readPolicy(path("policy.yaml"))).rejects.toThrow("is not a policy");
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
