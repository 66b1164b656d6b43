import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as random from "@pulumi/random";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createStack, type TestStack } from "../standins/stack.ts";

let dir: string;
let stack: TestStack;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "homeslice-standins-"));
  stack = await createStack(dir);
});

afterEach(() => rmSync(dir, { recursive: true }));

async function up(program: () => Record<string, unknown> | undefined) {
  stack.use(async () => program() ?? {});
  const { outputs, summary } = await stack.stack.up();
  return { values: Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value])), ...summary };
}

async function failure(program: () => unknown): Promise<string> {
  stack.use(async () => void program());
  return stack.stack.up().then(
    () => "it did not fail",
    (error: unknown) => String(error),
  );
}

describe("random", () => {
  test("keeps what it made until an input changes, and keeps passwords out of the state", async () => {
    const program = (keeper: string) => () => {
      const keepers = { keeper };
      return {
        password: new random.RandomPassword("password", { length: 24, special: false, keepers }).result,
        bytes: new random.RandomBytes("bytes", { length: 32, keepers }).base64,
        id: new random.RandomId("id", { byteLength: 4, keepers }).hex,
        pet: new random.RandomPet("pet", { keepers }).id,
        uuid: new random.RandomUuid("uuid", { keepers }).result,
        text: new random.RandomString("text", { length: 8, keepers }).result,
      };
    };
    const first = (await up(program("one"))).values;
    expect(first["password"]).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(first["id"]).toMatch(/^[0-9a-f]{8}$/);
    for (const key of ["password", "bytes"]) expect(stack.state()).not.toContain(first[key]);
    const second = await up(program("one"));
    expect([second.values, second.resourceChanges]).toEqual([first, { same: 7 }]);
    const third = await up(program("two"));
    expect(third.resourceChanges).toEqual({ same: 1, replace: 6 });
    for (const key of Object.keys(first)) expect(third.values[key]).not.toBe(first[key]);
  });

  test("refuses lengths that cannot hold what is demanded", async () => {
    const message = await failure(() => new random.RandomPassword("password", { length: 4, minNumeric: 5 }));
    expect(message).toContain("at least the sum of minLower, minUpper, minNumeric and minSpecial");
  });
});

describe("command", () => {
  const file = () => join(dir, "made");
  const content = () => readFileSync(file(), "utf8");
  const program =
    (args: Partial<local.CommandArgs> = {}, create = "cat > made; echo $GREETING") =>
    () => ({
      stdout: new local.Command("make", {
        create,
        update: "echo updated after $PULUMI_COMMAND_STDOUT > made; echo again",
        delete: "rm made",
        dir,
        stdin: "from stdin",
        environment: { GREETING: "hello" },
        ...args,
      }).stdout,
    });

  test("runs the command lines of create, update and delete", async () => {
    expect((await up(program())).values).toEqual({ stdout: "hello" });
    expect(content()).toBe("from stdin");
    expect((await up(program())).resourceChanges).toEqual({ same: 2 });
    expect((await up(program({ stdin: "other" }))).resourceChanges).toEqual({ same: 1, update: 1 });
    expect(content()).toBe("updated after hello\n");
    await stack.stack.destroy();
    expect(existsSync(file())).toBe(false);
  });

  test("runs nothing in a preview, and everything anew when a trigger changes", async () => {
    stack.use(async () => program({ triggers: [1] })());
    await stack.stack.preview();
    expect(existsSync(file())).toBe(false);
    await up(program({ triggers: [1] }));
    expect((await up(program({ triggers: [2] }))).resourceChanges).toEqual({ same: 1, replace: 1 });
  });

  test("fails with exit code and output of the command", async () => {
    const message = await failure(program({}, "echo too bad >&2; exit 3"));
    expect(message).toContain("exit status 3");
    expect(message).toContain("too bad");
  });
});

describe("docker", () => {
  test("says that no engine answers instead of pretending to build", async () => {
    stack = await createStack(join(dir, "docker"), { DOCKER_HOST: "unix:///nowhere.sock" });
    const message = await failure(() => new docker.Image("image", { imageName: "a:1", build: { context: "." } }));
    expect(message).toContain("Cannot connect to the Docker daemon at unix:///nowhere.sock");
  });
});
