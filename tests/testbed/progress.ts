/** A running task of `Progress`. */
interface Task {
  /** What is shown beside the elapsed time from now on. */
  update(detail: string): void;
  end(): void;
}

/** Tells a person waiting what is being done and for how long already. */
export interface Progress {
  say(text: string): void;
  start(what: string): Task;
}

/** Progress as lines: one at the start, one every `everyMs`, one at the end. */
export function lineProgress(write: (line: string) => void, everyMs = 10_000): Progress {
  return {
    say: write,
    start(what) {
      const started = Date.now();
      let detail = "";
      const line = (suffix: string) => write(`${what}: ${[detail, suffix].filter(Boolean).join(", ")}`);
      const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
      write(what);
      const timer = setInterval(() => line(seconds()), everyMs);
      return {
        update: (text) => {
          detail = text;
        },
        end: () => {
          clearInterval(timer);
          line(`ended after ${seconds()}`);
        },
      };
    },
  };
}

export const silentProgress: Progress = {
  say: () => undefined,
  start: () => ({ update: () => undefined, end: () => undefined }),
};
