import { execFileSync } from "node:child_process";
import { createPublicKey, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findEngine } from "@homeslice/cli/engine/index.ts";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { Bench, core, NOTHING, report } from "./clusterSupport.ts";

let bench: Bench;
const up = ["up", "--stack", "dev", "--yes", "--json"];

beforeAll(async () => {
  bench = await Bench.start();
  bench.configure("dev", core);
});
afterAll(() => bench.stop());
afterEach(async () => void (await bench.run(["destroy", "--stack", "dev", "--yes"])));

/** The stack is whole: nothing is left to do, and nothing was made twice. */
async function expectWhole(): Promise<void> {
  expect(report(await bench.run(up)).changes).toMatchObject(NOTHING);
}

test("Ctrl-C lets what has begun finish, and the next up does the rest", async () => {
  const running = await bench.startUntil(up, "created  StatefulSet postgresql");
  running.child.kill("SIGINT");
  const { code, stderr, stdout } = await running.finished;
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(
    /stopping: what has begun is finished first[\s\S]*stopped by you\nWhat had begun is written down/,
  );
  expect(report(await bench.run(up)).changes).toMatchObject({ update: 0, replace: 0, delete: 0 });
  await expectWhole();
});

test("when the command line is killed, the next up waits for its engine and does the rest", async () => {
  const running = await bench.startUntil(up, "created  StatefulSet postgresql");
  running.child.kill("SIGKILL");
  await running.finished;
  expect(report(await bench.run(up)).changes).toMatchObject({ replace: 0, delete: 0 });
  await expectWhole();
});

test.each(["created  ConfigMap", "created  RandomPassword", "created  StatefulSet postgresql"])(
  "when command line and engine are killed after it said %j, the next up does the rest",
  async (said) => {
    const running = await bench.startUntil(up, said);
    const engine = bench.enginePid("dev");
    running.child.kill("SIGKILL");
    process.kill(engine, "SIGKILL");
    await running.finished;
    const next = await bench.run(up);
    expect(report(next).changes).toMatchObject({ replace: 0, delete: 0 });
    expect(next.stderr).toContain("released the lock");
    await expectWhole();
  },
);

test("of two runs at once, one is refused with the other's process, and the other succeeds", async () => {
  const both = [bench.start(up), bench.start(up)];
  const results = await Promise.all(both.map(({ finished }) => finished));
  expect(results.map(({ code }) => code).sort()).toEqual([0, 2]);
  const winner = both[results.findIndex(({ code }) => code === 0)];
  const refused = results.find(({ code }) => code === 2);
  expect(refused?.stderr).toMatch(
    new RegExp(`another run is under way: .up --stack dev., process ${winner?.child.pid}, since`),
  );
  expect(refused?.stderr).toContain("Nothing was changed.");
  await expectWhole();
});

const secretsSchema = z.array(z.object({ data: z.record(z.string(), z.string()).optional() }));

/** What of a Secret must be seen nowhere: of a private key, what comes before the public half that it carries along. */
function secretPart(text: string): string {
  if (!text.includes("PRIVATE KEY-----")) return text;
  const { x } = createPublicKey(text).export({ format: "jwk" });
  if (x === undefined) return text;
  const der = Buffer.from(text.replaceAll(/-----.*?-----|\s/g, ""), "base64");
  const ownBytes = der.indexOf(Buffer.from(x, "base64url"));
  return der.subarray(0, ownBytes - (ownBytes % 3)).toString("base64");
}

/** Every file below a folder. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

test("no generated secret is in clear text in the state, the output of any command, or a ConfigMap", async () => {
  bench.configure("dev", { domain: "home.example.org" });
  const said = [await bench.run(up), await bench.run(["preview", "--stack", "dev"]), await bench.run(up)];
  bench.configure("dev", { domain: "other.example.org" });
  said.push(await bench.run(["preview", "--stack", "dev"]), await bench.run(["refresh", "--stack", "dev"]));
  bench.configure("dev", core);
  expect(said.map(({ code }) => code)).toEqual(said.map(() => 0));

  const objects = secretsSchema.parse(await bench.list("/api/v1/secrets"));
  const texts = objects.flatMap(({ data }) =>
    Object.values(data ?? {}).map((value) => secretPart(Buffer.from(value, "base64").toString())),
  );
  // What a password is made of, also where it stands within an address or a file.
  const values = texts.flatMap((text) => text.match(/[A-Za-z0-9_-]{24,}/g) ?? []);
  expect(values.length).toBeGreaterThanOrEqual(5);

  const configMaps = JSON.stringify(await bench.list("/api/v1/configmaps"));
  const stateFiles = filesIn(bench.home).map((path) => [path, readFileSync(path, "utf8")] as const);
  expect(stateFiles.length).toBeGreaterThan(3);
  for (const value of values) {
    for (const { stdout, stderr } of said) expect(stdout + stderr).not.toContain(value);
    expect(configMaps).not.toContain(value);
    for (const [path, text] of stateFiles) {
      for (const form of [value, Buffer.from(value).toString("base64")]) {
        expect(text.includes(form), `a secret in ${path}`).toBe(false);
      }
    }
  }
});

test("a secret that the user set with `pulumi config set --secret` is opened by the passphrase of Homeslice", async () => {
  await bench.run(up);
  const path = bench.configure("dev", core);
  const cache = process.env["HOMESLICE_CACHE"] ?? join(process.env["HOME"] ?? "", ".cache/homeslice");
  const engine = await findEngine({ cache, env: process.env, say: () => {} });
  const secret = randomBytes(16).toString("hex");
  writeFileSync(join(bench.settings, "Pulumi.yaml"), stringify({ name: "homeslice", runtime: "nodejs" }));
  execFileSync(engine.path, ["config", "set", "--secret", "other:token", secret, "--stack", "dev"], {
    cwd: bench.settings,
    env: {
      ...bench.env(),
      PULUMI_BACKEND_URL: `file://${join(bench.home, "state")}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(bench.home, "passphrase"),
    },
  });
  const written = readFileSync(path, "utf8");
  expect(parse(written)).toMatchObject({ encryptionsalt: expect.any(String) });
  const next = await bench.run(up);
  expect(report(next).changes).toMatchObject(NOTHING);
  expect(next.stderr + next.stdout).not.toContain(secret);
  expect(readFileSync(path, "utf8")).toBe(written);
  for (const file of filesIn(bench.home)) expect(readFileSync(file, "utf8")).not.toContain(secret);
});
