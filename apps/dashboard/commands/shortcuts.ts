import { navigation } from "../app/navigation.ts";

/** After `g`, a letter goes to a page. */
const letters: Partial<Record<string, string>> = {
  s: "/servers",
  h: "/history",
  a: "/actions",
  w: "/workflows",
  c: "/schedules",
  p: "/approvals",
  l: "/locks",
  t: "/tokens",
  u: "/accounts",
  n: "/notifications",
  k: "/secrets",
  e: "/audit",
  r: "/reports",
};

/** The pages with a shortcut, of those that there are. */
export const pageShortcuts = navigation
  .flatMap(({ pages }) => pages)
  .flatMap((page) => {
    const letter = Object.keys(letters).find((one) => letters[one] === page.to);
    return letter === undefined ? [] : [{ letter, page }];
  });

/** What a key press asks for. */
export type Command = "palette" | "sheet" | "search" | { readonly to: (typeof pageShortcuts)[number]["page"]["to"] };

/** What a key says of itself; of an event of the keyboard, the part that matters. */
export type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "repeat">;

/** Understands key presses; a letter after `g` is one of a sequence. */
export class Keys {
  #afterG = false;

  /**
   * @param writes whether what is typed goes into a field: then letters are letters
   * @param letters whether single letters mean anything at all
   */
  press({ key, ctrlKey, metaKey, altKey, repeat }: Press, writes: boolean, letters: boolean): Command | undefined {
    if (repeat) return undefined;
    if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === "k") return "palette";
    const afterG = this.#afterG;
    this.#afterG = false;
    if (writes || !letters || ctrlKey || metaKey || altKey) return undefined;
    if (key === "?") return "sheet";
    if (key === "/") return "search";
    if (afterG) {
      const found = pageShortcuts.find(({ letter }) => letter === key);
      return found && { to: found.page.to };
    }
    this.#afterG = key === "g";
    return undefined;
  }
}

const KEY = "homeslice.letters";

/** Whether single letters are shortcuts in this browser: who speaks to their machine may not want that (WCAG 2.1.4). */
export function lettersAreOn(): boolean {
  return localStorage.getItem(KEY) !== "off";
}

export function setLetters(on: boolean): void {
  localStorage.setItem(KEY, on ? "on" : "off");
}
