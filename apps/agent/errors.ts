import type { z } from "zod";

/** Something that keeps the agent from starting and that its owner can mend: printed without a stack, exit code 2. */
export class StartupError extends Error {
  override readonly name = "StartupError";

  /** @param what one sentence: what is wrong and where; @param fix what to do about it */
  constructor(what: string, fix: string, options?: ErrorOptions) {
    super(`${what}\n${fix}`, options);
  }
}

/** Whether an error of the operating system has one of these codes (`ENOENT`, `EEXIST`, …). */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.some((code) => code === error.code);
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Every problem that a schema found, one a line: where it is, and what is wrong. */
export function problemsOf(error: z.ZodError): string {
  const lines = error.issues.map((issue) => {
    const where = issue.code === "unrecognized_keys" ? [...issue.path, ...issue.keys] : issue.path;
    return `  ${where.join(".")}  ${issue.message}`;
  });
  return lines.join("\n");
}
