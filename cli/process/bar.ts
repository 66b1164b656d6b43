const WIDTH = 20;

/** How far something is: `[#####...............] 1/4`. */
export function bar(done: number, total: number): string {
  const filled = Math.round((WIDTH * done) / Math.max(total, 1));
  return `[${"#".repeat(filled)}${".".repeat(WIDTH - filled)}] ${done}/${total}`;
}

/** A line that says how far something is, which each step writes anew and which goes away at the end; on terminals alone. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  /** @param what is cut off at the end of the line */
  step(text: string): void {
    if (!this.#stream.isTTY) return;
    this.#stream.write(`\r\x1b[K${text.replaceAll(/\p{Cc}/gu, "�").slice(0, Math.max(this.#stream.columns - 1, 20))}`);
  }

  end(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\x1b[K");
  }
}
