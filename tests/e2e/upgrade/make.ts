/**
 * Makes the fixture of an earlier version: `node tests/e2e/upgrade/make.ts VERSION CHECKOUT`, CHECKOUT being a clone at that
 * version with its dependencies installed. Its command line brings a small stack up on a testbed; what it leaves is kept.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findEngine } from "@homeslice/cli/engine/index.ts";
import { z } from "zod";
import { Bench, cache, core, report } from "../clusterSupport.ts";
import { PASSPHRASE, STACK, stateFile, writeFixture } from "./fixture.ts";

const settings = { ...core, ...on("backup", "homepage", "traefik") };
const env = { PULUMI_CONFIG_PASSPHRASE: PASSPHRASE };

/** A few of the services that can be switched off: volumes, keys and a certificate are among what they keep. */
function on(...services: readonly string[]) {
  return Object.fromEntries(services.map((name) => [name, { enabled: true }]));
}

const exportSchema = z.object({
  deployment: z.object({
    resources: z.array(
      z.object({
        type: z.string(),
        inputs: z.record(z.string(), z.unknown()).default({}),
        outputs: z.record(z.string(), z.unknown()).default({}),
      }),
    ),
  }),
});

/** What the stack has in its cluster, as it asked for it, with the secrets in clear text. */
async function objectsOf(bench: Bench) {
  const { path } = await findEngine({ cache, env: process.env, say: (line) => void process.stderr.write(`${line}\n`) });
  const exported = execFileSync(path, ["stack", "export", "--show-secrets", "--stack", STACK], {
    cwd: join(bench.home, "stacks", STACK),
    env: { ...process.env, ...env, PULUMI_BACKEND_URL: `file://${join(bench.home, "state")}` },
    maxBuffer: 64 * 1024 * 1024,
  });
  const { resources } = exportSchema.parse(JSON.parse(exported.toString())).deployment;
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ inputs, outputs }) => ({ manager: outputs["__fieldManager"], object: plain(inputs) }));
}

/** A secret in clear text is an object with the text of its JSON. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if ("plaintext" in value) return JSON.parse(String(value.plaintext));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

const [version, checkout] = process.argv.slice(2);
if (!version || !checkout) throw new Error("usage: make.ts VERSION CHECKOUT");
process.chdir(checkout);
const bench = await Bench.start();
try {
  bench.configure(STACK, settings);
  report(await bench.run(["up", "--stack", STACK, "--yes", "--json"], env));
  const state: unknown = JSON.parse(readFileSync(stateFile(bench.home), "utf8"));
  writeFixture(version, bench.home, { settings, state, objects: await objectsOf(bench) });
} finally {
  await bench.stop();
}
