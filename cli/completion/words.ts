import type { Argument, Command, Option } from "commander";

/** One thing that can be typed, and what it is for. */
export interface Word {
  readonly text: string;
  readonly description: string;
}

/** An option that wants a value, and the values where they are few; otherwise it may be a file. */
export interface ValueOption {
  readonly names: readonly string[];
  readonly choices: readonly string[];
}

/** What can follow a command. */
export interface Place {
  /** The command with those above it: `schedules list`; empty is the program itself. */
  readonly path: string;
  readonly commands: readonly Word[];
  /** Values of its arguments, where they are few. */
  readonly choices: readonly Word[];
  readonly options: readonly Word[];
  readonly values: readonly ValueOption[];
  /** Whether what it takes may be a file. */
  readonly files: boolean;
}

/** Every place of a command line at which something can be completed. */
export function places(command: Command, path: readonly string[] = []): Place[] {
  const { options } = command;
  const choices = command.registeredArguments.flatMap((argument) => wordsOf(argument));
  const commands = command.commands.map((each) => ({ text: each.name(), description: each.description() }));
  const place = {
    path: path.join(" "),
    commands,
    choices,
    options: [...options.flatMap(namesOf), { text: "--help", description: "display help for command" }],
    values: options.filter(({ required, optional }) => required || optional).map(valuesOf),
    files: commands.length === 0 && choices.length === 0,
  };
  return [place, ...command.commands.flatMap((each) => places(each, [...path, each.name()]))];
}

const wordsOf = ({ argChoices = [], description }: Argument): Word[] =>
  argChoices.map((text) => ({ text, description }));

const namesOf = ({ long, short, description }: Option): Word[] =>
  [long, short].flatMap((text) => (text ? [{ text, description }] : []));

const valuesOf = ({ long, short, argChoices = [] }: Option): ValueOption => ({
  names: [long, short].flatMap((text) => (text ? [text] : [])),
  choices: argChoices,
});
