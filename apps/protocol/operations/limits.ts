import { z } from "zod";

/** What an operation may use at most. What the owner of the server allows is never exceeded: the smaller one holds. */
export const Limits = z
  .strictObject({
    cpu_seconds: z
      .int()
      .min(1)
      .max(86_400)
      .optional()
      .meta({ description: "Processor time of each process, in seconds" }),
    memory_mb: z.int().min(8).max(1_048_576).optional().meta({ description: "Memory of all its processes, in MiB" }),
    processes: z.int().min(1).max(100_000).optional().meta({ description: "Processes and threads at one time" }),
    open_files: z.int().min(16).max(1_048_576).optional().meta({ description: "Open files of each process" }),
    file_size_mb: z.int().min(1).max(1_048_576).optional().meta({ description: "Size of any file it writes, in MiB" }),
    output_mb: z.int().min(1).max(1_024).optional().meta({
      description: "Output that is kept, in MiB; what comes after is dropped, and a line says so",
    }),
  })
  .meta({ description: "Limits of this operation; those of the server's owner hold as well" });
export type Limits = z.infer<typeof Limits>;

/** One thing that was looked at: what was wanted, and what was found. */
const Check = z.object({
  check: z.string().max(100),
  passed: z.boolean(),
  expected: z.string().max(1_000),
  actual: z.string().max(1_000),
});
export type Check = z.infer<typeof Check>;

/** What the result of every check has. */
export const checkResult = {
  passed: z.boolean().meta({ description: "Whether all that was expected is so" }),
  checks: z.array(Check).max(100),
};

/** Looks and runs nothing: says what would be done, and whether it would be let. */
export const dryRun = {
  dry_run: z.boolean().optional().meta({ description: "Say what would be done, and do nothing" }),
};

/** A text that names one thing on a server: no NUL, and no line break that would end it early. */
export function line(maximum: number) {
  return z
    .string()
    .min(1)
    .max(maximum)
    .refine((text) => !/[\0\r\n]/.test(text), "must be one line without NUL characters");
}

const PLACEHOLDER = /^\{\{\s*([a-z][a-z0-9_]*)\s*\}\}$/;

/** The parameter that a text of an action template stands for as a whole; undefined when it is literal. */
export function placeholder(text: string): string | undefined {
  return PLACEHOLDER.exec(text)?.[1];
}

/** A text of a certain form, or a parameter that gives it; what the parameter gives is checked again. */
export function textOrParameter(schema: z.ZodType<string, string>, message: string) {
  return line(4_096).refine((text) => placeholder(text) !== undefined || schema.safeParse(text).success, message);
}

const AbsolutePath = z.string().regex(/^\/(?!.*\/\.\.?(\/|$))/);

export const Path = textOrParameter(AbsolutePath, "give an absolute path without . and ..");

/** Name of a secret: of one that the owner of the server keeps there, or of one of the orchestrator. */
export const SecretName = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}$/, "use 1 to 64 letters, digits, underscores or dashes");
