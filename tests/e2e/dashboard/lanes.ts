import type { Page } from "playwright-core";
import { Answers } from "./answers.ts";
import { AXE } from "./axe.ts";
import type { Stage } from "./stage.ts";

interface Lane {
  readonly page: Page;
  readonly answers: Answers;
}

/** Pages that are used one address after the other: a browser that has begun is three times as fast as a new one. */
export class Lanes {
  readonly #stage: () => Stage;
  readonly #free: Lane[] = [];

  constructor(stage: () => Stage) {
    this.#stage = stage;
  }

  /** Lends a page that nobody else has; one that failed is not used again. */
  async use(act: (lane: Lane) => Promise<void>): Promise<void> {
    const lane = this.#free.pop() ?? (await this.#open());
    try {
      await act(lane);
      this.#free.push(lane);
    } catch (error) {
      await lane.page.context().close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#free.map(({ page }) => page.context().close()));
  }

  async #open(): Promise<Lane> {
    const context = await this.#stage().context();
    const page = await context.newPage();
    await page.addInitScript(AXE);
    return { page, answers: await Answers.of(page) };
  }
}
