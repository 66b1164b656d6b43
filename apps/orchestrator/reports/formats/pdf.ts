import { setImmediate } from "node:timers/promises";
import type { Cell, ReportHead } from "@homeslice/protocol";
import PDFDocument from "pdfkit";
import type { Row } from "../report.ts";
import { fonts, printable } from "./text.ts";

/** Sizes in points; the page is A4, landscape. */
const PAGE = { width: 841.89, height: 595.28, margin: 30 } as const;
const TITLE_SIZE = 14;
const TEXT_SIZE = 6.5;
const GAP = 4;
/** Longer cells are cut: the other formats have all of it. */
const MAX_CELL = 300;
/** The narrowest and the widest that a column counts as, in characters. */
const NARROW = 5;
const WIDE = 30;

/** Pages for people: a table, with what it is about above it. Each page leaves as soon as it is full. */
export async function* writePdf(
  head: ReportHead,
  columns: readonly string[],
  rows: AsyncIterable<readonly Row[]>,
): AsyncGenerator<Uint8Array> {
  const pages = new Pages(head, columns);
  for await (const some of rows) {
    for (const row of some) {
      pages.add(row, some);
      for (const part of pages.take()) {
        yield part;
        // A long report is a lot of work, and agents are not to wait for it.
        await setImmediate();
      }
    }
  }
  pages.end();
  yield* pages.take();
}

class Pages {
  readonly #document: InstanceType<typeof PDFDocument>;
  readonly #columns: readonly string[];
  readonly #head: ReportHead;
  #widths: readonly number[] = [];
  #y = 0;
  #page = 0;
  #rows = 0;

  constructor(head: ReportHead, columns: readonly string[]) {
    this.#head = head;
    this.#columns = columns;
    const { title: Title, created_by: Author, created_at } = head;
    const info = { Title, Author: printable(Author), CreationDate: new Date(created_at) };
    this.#document = new PDFDocument({ autoFirstPage: false, size: "A4", layout: "landscape", margin: 0, info });
    this.#document.registerFont("regular", fonts.regular).registerFont("bold", fonts.bold);
  }

  /** Adds a row. @param sample rows by which the widths of the columns are chosen, once */
  add(row: Row, sample: readonly Row[]): void {
    if (this.#widths.length === 0) this.#widths = widthsFor(this.#columns, sample);
    if (this.#page === 0) this.#begin();
    this.#draw(row.map(textOf), "regular");
    this.#rows++;
  }

  end(): void {
    if (this.#page === 0) this.#begin();
    this.#line("bold", TEXT_SIZE, `${this.#rows} rows`);
    this.#document.end();
  }

  /** What is finished of the file. */
  *take(): Generator<Uint8Array> {
    for (let part: unknown = this.#document.read(); part instanceof Uint8Array; part = this.#document.read())
      yield part;
  }

  #begin(): void {
    this.#document.addPage();
    this.#page++;
    this.#y = PAGE.margin;
    const { title, kind, tenant, since, until, created_at, created_by } = this.#head;
    if (this.#page === 1) {
      this.#line("bold", TITLE_SIZE, title);
      this.#line("regular", TEXT_SIZE + 1, `Tenant ${tenant}, from ${since} until ${until}`);
    }
    const footer = `${kind} of ${tenant}, made at ${created_at} for ${printable(created_by)}, page ${this.#page}`;
    this.#text("regular", footer, PAGE.margin, PAGE.height - PAGE.margin + GAP, PAGE.width);
    if (this.#widths.length > 0) this.#draw(this.#columns, "bold");
  }

  #line(font: keyof typeof fonts, size: number, text: string): void {
    this.#text(font, text, PAGE.margin, this.#y, PAGE.width - 2 * PAGE.margin, size);
    this.#y += size * 1.6;
  }

  #draw(texts: readonly string[], font: keyof typeof fonts): void {
    this.#document.font(font).fontSize(TEXT_SIZE);
    const heights = texts.map((text, index) =>
      this.#document.heightOfString(text, { width: (this.#widths[index] ?? 0) - GAP }),
    );
    const height = Math.max(...heights) + GAP / 2;
    if (this.#y + height > PAGE.height - PAGE.margin) this.#begin();
    let x: number = PAGE.margin;
    for (const [index, text] of texts.entries()) {
      const width = this.#widths[index] ?? 0;
      this.#text(font, text, x, this.#y, width - GAP);
      x += width;
    }
    this.#y += height;
  }

  #text(font: keyof typeof fonts, text: string, x: number, y: number, width: number, size: number = TEXT_SIZE): void {
    this.#document.font(font).fontSize(size).text(text, x, y, { width });
  }
}

/** Shares the page among the columns, by how much usually stands in them. */
function widthsFor(columns: readonly string[], sample: readonly Row[]): number[] {
  const wishes = columns.map((column, index) => {
    const lengths = sample.map((row) => textOf(row[index] ?? null).length);
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    return Math.min(WIDE, Math.max(NARROW, column.length, mean));
  });
  const all = wishes.reduce((sum, wish) => sum + wish, 0);
  return wishes.map((wish) => (wish / all) * (PAGE.width - 2 * PAGE.margin));
}

function textOf(cell: Cell): string {
  const text = String(cell ?? "");
  return printable(text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}…` : text);
}
