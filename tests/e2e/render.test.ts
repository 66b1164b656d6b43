import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureBuild } from "../testbed/build.ts";
import { lineProgress } from "../testbed/progress.ts";
import { Bench, cache } from "./clusterSupport.ts";

const run = promisify(execFile);
let bench: Bench;
let programs: string;

beforeAll(async () => {
  bench = await Bench.start();
  const quiet = lineProgress(() => undefined);
  ({ bin: programs } = await ensureBuild(cache, quiet, AbortSignal.timeout(600_000)));
});
afterAll(() => bench.stop());

test.each(["dev", "prod"])("the rendered manifests of %s are what a real API server accepts", async (stack) => {
  bench.configure(stack, { domain: "home.example.org" });
  const out = join(bench.home, `rendered-${stack}`);
  expect((await bench.run(["render", "--stack", stack, "--out", out])).code).toBe(0);
  const spaces = readdirSync(join(out, "cluster")).filter((file) => file.startsWith("namespace-"));
  const namespaces = spaces.flatMap((file) => ["--filename", join(out, "cluster", file)]);
  await kubectl("apply", ...namespaces);
  const answer = await kubectl("apply", "--kustomize", out, "--dry-run=server", "--output=name", "--server-side");
  const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(answer.trim().split("\n")).toHaveLength(files.length - 1);
});

async function kubectl(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(join(programs, "kubectl"), args, { env: bench.env(), maxBuffer: 1 << 24 });
  return stdout;
}
