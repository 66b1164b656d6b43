import { spawn } from "node:child_process";
import { once } from "node:events";
import { UserError } from "@homeslice/config";

export interface GoOptions {
  /** Folder of the module. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the command when aborted. */
  readonly signal: AbortSignal;
  /** Called for each line of stderr. */
  readonly onLine?: (line: string) => void;
}

/** Runs the go command on a module exactly as its go.mod and go.sum pin it; the lines of its stdout. */
export async function go(args: readonly string[], { cwd, env, signal, onLine }: GoOptions): Promise<string[]> {
  const child = spawn("go", args, {
    cwd,
    signal,
    env: { ...process.env, GOFLAGS: "-mod=readonly", GOWORK: "off", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.on("data", (chunk) => out.push(String(chunk)));
  child.stderr.on("data", (chunk) => {
    const lines = String(chunk).split("\n").filter(Boolean);
    err.push(...lines);
    for (const line of lines) onLine?.(line);
  });
  const [code] = await once(child, "close").catch((error: unknown) => {
    signal.throwIfAborted();
    throw goMissing(error);
  });
  if (code === 0) return out.join("").trim().split("\n");
  throw new UserError({
    code: "testbed.build",
    what: `\`go ${args[0]}\` failed:\n${err.slice(-15).join("\n")}`,
    where: cwd,
    fix: "Check that this machine reaches its Go module proxy and that the disk has 5 GB free, then run this again.",
  });
}

function goMissing(cause: unknown): UserError {
  return new UserError(
    {
      code: "testbed.go-missing",
      what: "the testbed's control plane is built from source, and `go` is not on PATH",
      fix: "Install Go 1.21 or newer (https://go.dev/dl), then run this again.",
    },
    { cause },
  );
}
