import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ensurePythonTool } from "../support/pythonTools.ts";
import type { Progress } from "../testbed/progress.ts";

/** Finds the fuzzer, installing it if need be. @returns its program. @throws UserError when it cannot be had */
export async function ensureSchemathesis(cache: string, progress: Progress, signal: AbortSignal): Promise<string> {
  const requirements = join(import.meta.dirname, "requirements.txt");
  return join(
    await ensurePythonTool({ name: "schemathesis", requirements }, cache, progress, signal),
    "bin/schemathesis",
  );
}

export interface FuzzOptions {
  readonly program: string;
  /** Where the API is, and what it says of itself. */
  readonly url: string;
  readonly document: string;
  readonly token: string;
  readonly seconds: number;
  readonly seed: number;
  /** Directory for its files, which is there. */
  readonly directory: string;
}

/**
 * What an answer must never be, whatever was asked. Methods that a path does not have are tested elsewhere: here, paths
 * such as `/actions/samples` are also those of an object whose id is none.
 */
const checks = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "negative_data_rejection",
  "ignored_auth",
];

/** How a run ended. */
export interface FuzzResult {
  /** Whether it found nothing. */
  readonly clean: boolean;
  readonly cases: number;
  readonly output: string;
}

/** Asks everything that the description allows, and much that it does not, for so many seconds. */
export async function fuzz({
  program,
  url,
  document,
  token,
  seconds,
  seed,
  directory,
}: FuzzOptions): Promise<FuzzResult> {
  const file = join(directory, "openapi.json");
  writeFileSync(file, document);
  const args = ["run", file, `--url=${url}`, `--header=Authorization: Bearer ${token}`, `--checks=${checks.join()}`];
  args.push("--phases=coverage,fuzzing", `--max-time=${seconds}`, `--seed=${seed}`, "--no-shrink", "--warnings=off");
  const child = spawn(program, [...args, "--continue-on-failure"], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [output, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  const cases = Number(/(\d+) generated/.exec(output)?.[1] ?? 0);
  return { clean: code === 0, cases, output: output + complaint };
}
