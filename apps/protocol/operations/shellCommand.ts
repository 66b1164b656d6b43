import { z } from "zod";
import { dryRun, Limits, Path, SecretName, textOrParameter } from "./limits.ts";

/** No NUL: the kernel ends an argument there, so what runs would not be what was shown. */
const Argument = z
  .string()
  .max(131_072)
  .refine((text) => !text.includes("\0"), "must not contain a NUL character");

/** A command as the kernel takes it: never a shell string. */
export const Argv = z
  .tuple([Argument.min(1)], Argument)
  .refine((argv) => argv.length <= 1_000, "at most 1,000 arguments");

/** LD_* would make the loader run what nobody allowed; HOMESLICE_* is how the agent tells its processes. */
const VariableName = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,127}$/, "use letters, digits and underscores")
  .refine(
    (name) => !/^(LD_|HOMESLICE_|BASH_ENV$|ENV$|BASH_FUNC|PATH$|IFS$|GCONV_PATH$)/.test(name),
    "this variable would change what runs",
  );

const SecretUse = z.strictObject({
  name: textOrParameter(SecretName, "use 1 to 64 letters, digits, underscores or dashes").meta({
    description: "Name of a secret, or a parameter that gives it",
  }),
  from: z.literal("orchestrator").optional().meta({
    description:
      "Where the secret is kept. Default: in the secrets directory of the server's agent, where it never travels",
  }),
  variable: VariableName.meta({ description: "Environment variable through which the command gets it" }),
  as: z.enum(["file", "value"]).default("file").meta({
    description: "Whether the variable holds the path of a file with the secret, or the secret itself",
  }),
});

/** Runs a program with its arguments. */
export const ShellCommand = z.strictObject({
  type: z.literal("shell_command"),
  argv: Argv,
  working_directory: Path.optional().meta({ description: "Default: an empty private directory, deleted afterwards" }),
  environment_vars: z
    .record(VariableName, Argument)
    .optional()
    .meta({ description: "Variables besides the few that every command gets; never the place for a secret" }),
  secrets: z
    .array(SecretUse)
    .max(32)
    .optional()
    .meta({ description: "Secrets that the command gets; those of the orchestrator go to actions alone" }),
  limits: Limits.optional(),
  ...dryRun,
});
export type ShellCommand = z.infer<typeof ShellCommand>;
