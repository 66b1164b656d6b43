import type { ShellCommand } from "@homeslice/protocol";
import type { Fill, OperationTemplate, Slot } from "../template.ts";

type SecretUse = NonNullable<ShellCommand["secrets"]>[number];

/** Parameters fill whole arguments, lists several of them, whole values of variables, and the working directory. */
export const shellCommand: OperationTemplate<ShellCommand> = {
  slots({ argv, environment_vars = {}, working_directory, secrets = [] }) {
    const end = argv.indexOf("--");
    const slots: Slot[] = argv.map((text, index) => {
      const takesOptions = index > 0 && (end < 0 || index < end);
      return { path: `argv.${index}`, text, takesOptions, takesLists: index > 0 };
    });
    for (const [name, text] of Object.entries(environment_vars)) slots.push({ path: `environment_vars.${name}`, text });
    if (working_directory !== undefined) slots.push({ path: "working_directory", text: working_directory });
    for (const [index, { name, from }] of secrets.entries()) {
      slots.push({ path: `secrets.${index}.name`, text: name, takesSecrets: from === "orchestrator" });
    }
    return slots;
  },
  fill(operation, fill, fillAll) {
    const { argv, environment_vars, working_directory, secrets, ...rest } = operation;
    const directory = working_directory === undefined ? undefined : fill(working_directory);
    return {
      ...rest,
      argv: argv.flatMap(fillAll),
      ...(environment_vars && { environment_vars: fillVariables(environment_vars, fill) }),
      ...(directory !== undefined && { working_directory: directory }),
      ...(secrets && { secrets: secrets.flatMap((use) => named(use, fill)) }),
    };
  },
  describe: ({ argv, working_directory }) =>
    `run ${argv.map(quote).join(" ")}${working_directory === undefined ? "" : ` in ${working_directory}`}`,
};

function named(use: SecretUse, fill: Fill): SecretUse[] {
  const name = fill(use.name);
  return name === undefined ? [] : [{ ...use, name }];
}

function fillVariables(variables: Record<string, string>, fill: Fill): Record<string, string> {
  const filled: Record<string, string> = {};
  for (const [name, text] of Object.entries(variables)) {
    const value = fill(text);
    if (value !== undefined) filled[name] = value;
  }
  return filled;
}

/** As it could be pasted into a shell, where that is needed to tell the arguments apart. */
function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
