import { spawn } from "node:child_process";
import { mkdirSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { duration } from "../process/duration.ts";
import { type Attempt, probe } from "./attempt.ts";
import { which } from "./path.ts";
import { ENGINE_VERSION } from "./version.ts";

const PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const PROGRESS_INTERVAL_MS = 10_000;

/** Third way: compiles the engine from its Go module, at the versions that go.mod and go.sum beside this file pin. */
export async function fromSource(path: string, env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<Attempt> {
  const go = which("go", env);
  if (!go) return { reason: "Go is not on PATH" };
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  const started = Date.now();
  const failure = await compile(go, unfinished, env, say);
  if (failure) return { reason: `go build failed (${failure})` };
  renameSync(unfinished, path);
  say(`built the engine in ${duration(Date.now() - started)}`);
  return probe(path, env);
}

/** Runs the compiler, which names each package that it has compiled; resolves to the reason when it fails. */
function compile(
  go: string,
  output: string,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<string | undefined> {
  const started = Date.now();
  let packages = 0;
  let last = "";
  // The linker sets the version that a released engine would carry; the SDK refuses an engine without one.
  const ldflags = `-X ${VERSION_VARIABLE}=v${ENGINE_VERSION}`;
  const child = spawn(go, ["build", "-v", "-mod=readonly", "-o", output, "-ldflags", ldflags, PACKAGE], {
    cwd: import.meta.dirname,
    env: { ...env, GOWORK: "off" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ticker = setInterval(
    () => say(`building the engine: ${duration(Date.now() - started)}, ${packages} packages compiled`),
    PROGRESS_INTERVAL_MS,
  );
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    const lines = text.split("\n").filter(Boolean);
    packages += lines.length;
    last = lines.at(-1) ?? last;
  });
  return new Promise((resolve) => {
    const finish = (failure: string | undefined) => {
      clearInterval(ticker);
      resolve(failure);
    };
    child.once("error", (error) => finish(error.message));
    child.once("close", (code) => finish(code === 0 ? undefined : last || `exit code ${code}`));
  });
}
