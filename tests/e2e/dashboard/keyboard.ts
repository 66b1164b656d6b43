import type { ElementHandle, Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { eventually } from "../../support/eventually.ts";

/** More stops than any page has between two things that somebody does. */
const MOST_STOPS = 150;

/** Where the keyboard is. */
interface Stop {
  readonly html: string;
  readonly isThere: boolean;
  /** Whether an outline shows it. */
  readonly isVisible: boolean;
  /** Whether nothing has the focus: so it is after the last stop, before it begins anew. */
  readonly isOutside: boolean;
}

/** Where the keyboard is, and whether that is what somebody wants to get to. */
export async function stopOf(page: Page, wanted: ElementHandle | null = null): Promise<Stop> {
  return await page.evaluate((there) => {
    const element = document.activeElement ?? document.body;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return {
      html: element.outerHTML.slice(0, 200),
      isThere: element === there,
      isVisible: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1,
      isOutside: element === document.body,
    };
  }, wanted);
}

/** Somebody who has no mouse, and has to see at each stop where they are. */
export class Keyboard {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Past the navigation, as one does on every page. */
  async skip(): Promise<void> {
    await this.enter(this.page.getByRole("link", { name: "Skip to content" }));
  }

  /** Goes on, stop by stop, until something is reached. */
  async to(target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
    const wanted = await target.elementHandle();
    const passed: string[] = [];
    while (passed.length <= MOST_STOPS) {
      const stop = await stopOf(this.page, wanted);
      if (passed.length > 0 && !stop.isOutside) expect(stop.isVisible, `one sees the focus at ${stop.html}`).toBe(true);
      if (stop.isThere) return;
      passed.push(stop.html);
      await this.page.keyboard.press(key);
    }
    throw new Error(`never came to ${String(target)}, but to:\n${passed.join("\n")}`);
  }

  /** Goes to something and presses Enter there. */
  async enter(target: Locator): Promise<void> {
    await this.to(target);
    await this.press("Enter");
  }

  /** Goes to a field, and writes there instead of what there is. */
  async write(field: Locator, text: string): Promise<void> {
    await this.to(field);
    await this.press("ControlOrMeta+a");
    await this.page.keyboard.insertText(text);
  }

  /** Goes to a list that one chooses from, and down to one of its lines. */
  async choose(list: Locator, line: string): Promise<void> {
    await this.to(list);
    const chosen = async () => await list.evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.label);
    for (let before = await chosen(); before !== line; before = await chosen()) {
      await this.press("ArrowDown");
      await eventually(async () => (await chosen()) !== before, `after "${before}" comes another line`);
    }
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Opens a dialog, leaves it by Escape, finds the focus where it was, and opens it again. */
  async open(opener: Locator, dialog: Locator): Promise<void> {
    await this.enter(opener);
    await dialog.waitFor();
    await this.press("Escape");
    await this.backAt(opener, dialog);
    await this.press("Enter");
    await dialog.waitFor();
  }

  /** Waits until a dialog is gone and the focus where it was before. */
  async backAt(opener: Locator, dialog: Locator): Promise<void> {
    await dialog.waitFor({ state: "detached" });
    const wanted = await opener.elementHandle();
    await eventually(async () => (await stopOf(this.page, wanted)).isThere, `the focus is back at ${String(opener)}`);
  }

  /** Waits until something is gone, and the focus nowhere but on the page. */
  async keptWithout(gone: Locator): Promise<void> {
    await gone.waitFor({ state: "detached" });
    await eventually(async () => !(await stopOf(this.page)).isOutside, `the focus is kept without ${String(gone)}`);
  }
}
