import { UserError } from "@homeslice/config/errors.ts";
import { z } from "zod";
import { invalidOption } from "../local/options.ts";

/** What can be looked up, and what people call it. */
interface Wanted {
  /** The command that lists them: `schedules`. */
  readonly concern: string;
  /** What one of them is called: `schedule`. */
  readonly noun: string;
  /** The command with which to find one. Default: `CONCERN list`. */
  readonly list?: string;
}

/** The one of a list that has this name or id. @throws UserError `CONCERN.unknown` */
export function named<Item extends { readonly name: string }>(
  { concern, noun, list = `${concern} list` }: Wanted,
  items: readonly Item[],
  text: string,
  id: (item: Item) => string,
): Item {
  const found = items.find((item) => item.name === text) ?? items.find((item) => id(item) === text);
  if (found !== undefined) return found;
  const what = `there is no ${noun} named ${JSON.stringify(text)}`;
  throw new UserError({ code: `${concern}.unknown`, what, fix: `Give one of ./homeslice ${list}.` });
}

/** An id as it was given. @throws UserError `option.invalid` */
export function parseId({ concern, noun, list = `${concern} list` }: Wanted, text: string): string {
  const id = z.uuid().safeParse(text);
  if (id.success) return id.data;
  const what = `${JSON.stringify(text)} is not the id of ${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
  throw invalidOption(noun, what, `Give one of ./homeslice ${list}.`);
}
