import type { Page } from "playwright-core";

/** What a page gets from the API: what there is, the same with every list empty, or what a proxy says whose orchestrator is gone. */
type Kind = "real" | "empty" | "broken";

/** A page that asks for nothing for so long has shown what it got. */
const QUIET_MS = 100;

/** Decides what a page is answered, without the cost of a proxy; at first it is left waiting. */
export class Answers {
  readonly #page: Page;
  #kind: Kind = "real";
  #held = Promise.withResolvers<void>();

  static async of(page: Page): Promise<Answers> {
    const answers = new Answers(page);
    await page.exposeFunction("kindOfAnswer", () => answers.#asked());
    await page.addInitScript(replaceFetch);
    await page.routeWebSocket("**/ws/**", async (socket) => {
      await answers.#asked();
      socket.connectToServer();
    });
    return answers;
  }

  private constructor(page: Page) {
    this.#page = page;
  }

  /** From now on, nothing is answered. */
  hold(): void {
    this.#held = Promise.withResolvers();
  }

  /** Answers, also what waits. */
  give(kind: Kind): void {
    this.#kind = kind;
    this.#held.resolve();
  }

  /** Waits until all that the page has asked for was answered, also what it asks for thereupon. */
  async quiet(): Promise<void> {
    await this.#page.waitForFunction(
      (quietMs) => window.asking.open === 0 && performance.now() - window.asking.changed > quietMs,
      QUIET_MS,
    );
  }

  async #asked(): Promise<Kind> {
    await this.#held.promise;
    return this.#kind;
  }
}

function replaceFetch(): void {
  const ask = window.fetch.bind(window);
  const isList = (answer: unknown) => typeof answer === "object" && answer !== null && "items" in answer;
  window.asking = { open: 0, changed: 0 };
  const count = (more: number) => {
    window.asking = { open: window.asking.open + more, changed: performance.now() };
  };
  window.fetch = async (input, init) => {
    count(1);
    try {
      const response = await answer(input, init);
      await response.clone().arrayBuffer();
      return response;
    } finally {
      count(-1);
    }
  };
  const answer: typeof fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input, location.href);
    if (!pathname.startsWith("/api/")) return await ask(input, init);
    const kind = await window.kindOfAnswer();
    if (kind === "broken") {
      return new Response("<h1>Bad gateway", { status: 502, headers: { "content-type": "text/html" } });
    }
    const response = await ask(input, init);
    if (kind === "real" || !isList(await response.clone().json())) return response;
    return Response.json({ items: [], next_cursor: null }, { headers: response.headers });
  };
}

declare global {
  interface Window {
    kindOfAnswer(): Promise<Kind>;
    asking: { readonly open: number; readonly changed: number };
  }
}
