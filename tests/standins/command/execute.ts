import { spawn } from "node:child_process";
import { once } from "node:events";

export interface Execution {
  readonly command: string;
  readonly interpreter: readonly string[];
  readonly dir: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: string | undefined;
  /** Ends the command when aborted. */
  readonly signal: AbortSignal;
}

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line; its output without the line break at the end. Throws when it cannot start or exits non-zero. */
export async function execute({ command, interpreter, dir, environment, stdin, signal }: Execution): Promise<Output> {
  const [program = "/bin/sh", ...args] = [...interpreter, command];
  const child = spawn(program, args, { cwd: dir, env: { ...process.env, ...environment }, signal });
  const chunks: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
  child.stdout.on("data", (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.stderr.push(chunk));
  child.stdin.on("error", () => undefined); // a command that does not read its input may end first
  child.stdin.end(stdin ?? "");
  const [code, killedBy] = await once(child, "close");
  const output = { stdout: textOf(chunks.stdout), stderr: textOf(chunks.stderr) };
  if (code === 0) return output;
  throw new Error(`${killedBy ?? `exit status ${code}`}: running "${command}":\n${output.stderr || output.stdout}`);
}

const textOf = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString().replace(/\n$/, "");
