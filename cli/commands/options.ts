import { Argument, type Command, InvalidArgumentError, Option } from "commander";

/** The option with which scripts read what a command found. */
export function showable(command: Command): Command {
  return command.option("--json", "as JSON, for scripts");
}

/** An option that takes one of a few values. */
export function choice<Value extends string>(flags: string, description: string, values: readonly Value[]): Option {
  return new Option(flags, description).choices(values);
}

/** An argument that takes one of a few values. */
export function choiceArgument<Value extends string>(
  name: string,
  description: string,
  values: readonly Value[],
): Argument {
  return new Argument(name, description).choices(values);
}

/** For an option that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** For an option that is a number, from 1 up to a limit. */
export function upTo(limit: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= 1 && number <= limit) return number;
    throw new InvalidArgumentError(`Give a number from 1 to ${limit}.`);
  };
}
