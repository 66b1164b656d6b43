import type { Page } from "playwright-core";

/** What a page gets from the API: what there is, the same with every list empty, or what a proxy says whose orchestrator is gone. */
type Kind = "real" | "empty" | "broken";

/** Decides what a page is answered, without the cost of a proxy; at first it is left waiting. */
export class Answers {
  #kind: Kind = "real";
  #held = Promise.withResolvers<void>();

  static async of(page: Page): Promise<Answers> {
    const answers = new Answers();
    await page.exposeFunction("kindOfAnswer", () => answers.#asked());
    await page.addInitScript(replaceFetch);
    await page.routeWebSocket("**/ws/**", async (socket) => {
      await answers.#asked();
      socket.connectToServer();
    });
    return answers;
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

  async #asked(): Promise<Kind> {
    await this.#held.promise;
    return this.#kind;
  }
}

function replaceFetch(): void {
  const ask = window.fetch.bind(window);
  const isList = (answer: unknown) => typeof answer === "object" && answer !== null && "items" in answer;
  window.fetch = async (input, init) => {
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
  }
}
