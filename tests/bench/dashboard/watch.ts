import type { JSHandle, Page } from "playwright-core";

/** Something that a page comes to show: an element with this text. */
export interface Sight {
  readonly selector: string;
  readonly text: string;
}

const PATIENCE_MS = 60_000;

/**
 * From what a person does until the frame in which its result stands has been painted.
 * @param act does it, by an input device
 * @returns milliseconds after the event
 */
export async function untilPainted(
  page: Page,
  event: "keydown" | "click",
  sight: Sight,
  act: () => Promise<void>,
): Promise<number> {
  const watch = await page.evaluateHandle(
    ({ event, sight: { selector, text }, patience }) => {
      const { port1, port2 } = new MessageChannel();
      const painted = new Promise<number>((resolve, reject) => {
        const begin = ({ timeStamp }: Event) => {
          // It comes when the frame is done that it was sent in.
          port1.onmessage = () => resolve(performance.now() - timeStamp);
          const look = () => {
            const isThere = [...document.querySelectorAll(selector)].some(({ textContent }) => textContent === text);
            if (isThere) port2.postMessage(undefined);
            else if (performance.now() - timeStamp > patience) reject(new Error(`${selector} never became "${text}"`));
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        };
        addEventListener(event, begin, { capture: true, once: true });
      });
      return { painted };
    },
    { event, sight, patience: PATIENCE_MS },
  );
  await act();
  return await watch.evaluate(({ painted }) => painted);
}

/** The tasks of a page that took longer than 50 ms, from now on. @returns tells how long each took, in milliseconds */
export async function watchLongTasks(page: Page): Promise<() => Promise<number[]>> {
  const watch = await page.evaluateHandle(() => {
    const tasks: number[] = [];
    const take = (entries: PerformanceEntryList) => tasks.push(...entries.map(({ duration }) => duration));
    const observer = new PerformanceObserver((list) => take(list.getEntries()));
    observer.observe({ type: "longtask" });
    return { tasks, take, observer };
  });
  return async () =>
    await watch.evaluate(({ tasks, take, observer }) => {
      take(observer.takeRecords());
      return tasks;
    });
}

/** How much of a core the main thread of a page takes from now on. @returns tells the share, in percent */
export async function watchMainThread(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const look = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
    return { busy: of("TaskDuration"), at: of("Timestamp") };
  };
  const began = await look();
  return async () => {
    const { busy, at } = await look();
    return (100 * (busy - began.busy)) / (at - began.at);
  };
}

interface Seen {
  /** Of each line that was seen, the milliseconds from its printing until the frame with it was painted. */
  readonly lags: number[];
  /** The number of the last line that was seen. */
  readonly last: number;
}

/** Watches lines of the printer in a page, from now on. */
export class LineWatch {
  readonly #page: Page;
  readonly #seen: JSHandle<Seen>;

  static async begin(page: Page): Promise<LineWatch> {
    const seen = await page.evaluateHandle(() => {
      const seen: { lags: number[]; last: number } = { lags: [], last: 0 };
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }: MessageEvent<number[]>) => {
        for (const printed of data) seen.lags.push(Date.now() - printed);
      };
      const look = () => {
        const fresh: number[] = [];
        for (const { textContent } of document.querySelectorAll(".log-line")) {
          const [, number, printed] = /number (\d+) at (\d+)/.exec(textContent) ?? [];
          if (Number(number) <= seen.last) continue;
          seen.last = Number(number);
          fresh.push(Number(printed));
        }
        if (fresh.length > 0) port2.postMessage(fresh);
        awaited = false;
      };
      let awaited = false;
      // Only where something changed: frames that show nothing new would be work of the bench's own.
      const lookInNextFrame = () => {
        if (!awaited) requestAnimationFrame(look);
        awaited = true;
      };
      new MutationObserver(lookInNextFrame).observe(document.body, {
        childList: true,
        characterData: true,
        subtree: true,
      });
      look();
      return seen;
    });
    return new LineWatch(page, seen);
  }

  private constructor(page: Page, seen: JSHandle<Seen>) {
    this.#page = page;
    this.#seen = seen;
  }

  /** Waits until a line has been seen. */
  async until(number: number): Promise<void> {
    const options = { polling: 100, timeout: 2 * 60_000 };
    await this.#page.waitForFunction(([seen, number]) => seen.last >= number, [this.#seen, number] as const, options);
  }

  async lags(): Promise<readonly number[]> {
    return await this.#seen.evaluate(({ lags }) => lags);
  }

  /** Forgets the lines that were seen so far. */
  async clear(): Promise<void> {
    await this.#seen.evaluate(({ lags }) => lags.splice(0));
  }
}
