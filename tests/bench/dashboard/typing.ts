import type { Page } from "playwright-core";
import { untilPainted } from "./watch.ts";

export interface Typing {
  /** What is filled in at first. */
  readonly text: string;
  /** Where it is filled in, and where the page says how many have it. */
  readonly input: string;
  readonly status: string;
  /** What the page says when those with a text are shown. */
  readonly says: (text: string) => string;
  readonly rounds: number;
}

/** Types digits one at a time, and takes each back. @returns how long each key took until its result was painted */
export async function typeDigits(page: Page, { text, input, status, says, rounds }: Typing): Promise<number[]> {
  await page.locator(input).fill(text);
  await page.locator(status).getByText(says(text), { exact: true }).waitFor();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (let digit = 1; digit < 10; digit++) {
      const keys = { [digit]: text + digit, Backspace: text };
      for (const [key, wanted] of Object.entries(keys)) {
        const sight = { selector: status, text: says(wanted) };
        times.push(await untilPainted(page, "keydown", sight, () => page.keyboard.press(key)));
      }
    }
  }
  return times;
}

/** What the status of a page says of how many have a text. */
export function countIn(texts: readonly string[], words: (count: number) => string): Typing["says"] {
  return (wanted) => words(texts.filter((text) => text.includes(wanted)).length);
}
