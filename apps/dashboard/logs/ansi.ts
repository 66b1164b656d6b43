/**
 * Output of commands as styled text. Colours and weights (SGR) are shown; every other control sequence is dropped:
 * nothing that a command prints may move the cursor, set a title, write to the clipboard or make a link.
 */

/** How a piece of text looks; the names of colours are those of the theme. */
export interface Style {
  readonly color?: Color;
  readonly background?: Color;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly strike?: true;
  readonly inverse?: true;
}

/** One of the 16 named colours (0–15), or one of its own as `#rrggbb`. */
type Color = number | `#${string}`;

export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** One line ready to be shown, and the style in which the next line begins. */
export interface StyledLine {
  readonly spans: readonly Span[];
  readonly next: Style;
}

export const PLAIN: Style = {};

/**
 * CSI sequences; OSC, DCS, SOS, PM and APC strings up to their end, or to the end of the line when it is missing; other
 * escapes; a sequence that the line ends in the middle of; and the remaining control characters, except tab.
 */
const ESC = String.fromCharCode(0x1b);
const BEL = String.fromCharCode(0x07);
const CONTROL = `[${range(0x00, 0x08)}${range(0x0a, 0x1f)}${range(0x7f, 0x9f)}]`;
const SEQUENCE = new RegExp(
  [
    `${ESC}\\[([0-?]*)[ -/]*([@-~]?)`,
    `${ESC}[\\]PX^_][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\|$)?`,
    `${ESC}[ -/]*[0-~]?`,
    CONTROL,
  ].join("|"),
  "g",
);

/** Characters that turn the direction of text around: they would let a command disguise what it says. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function range(first: number, last: number): string {
  return `${String.fromCharCode(first)}-${String.fromCharCode(last)}`;
}

/**
 * Styles one line.
 * @param line text without its line break; of a line that was overwritten by carriage returns, only what stands last is shown
 * @param style the style in which it begins: `next` of the line before
 */
export function styleLine(line: string, style: Style = PLAIN): StyledLine {
  const spans: Span[] = [];
  let from = 0;
  let current = style;
  const text = lastWritten(line);
  const push = (to: number) => {
    if (to > from) spans.push({ text: visible(text.slice(from, to)), style: current });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    push(match.index);
    from = match.index + match[0].length;
    if (match[2] === "m") current = applySgr(current, match[1] ?? "");
  }
  push(text.length);
  return { spans, next: current };
}

/** The style in which the line after one begins. @see styleLine */
export function styleAfter(line: string, style: Style): Style {
  return line.includes(ESC) ? styleLine(line, style).next : style;
}

/** The line as plain text: what is searched, copied and read out. */
export function plainText(line: string): string {
  return visible(lastWritten(line).replaceAll(SEQUENCE, ""));
}

/** What a terminal would still show of a line that was written over by carriage returns. */
function lastWritten(line: string): string {
  const end = line.endsWith("\r") ? line.length - 1 : line.length;
  const start = line.lastIndexOf("\r", end - 1) + 1;
  return line.slice(start, end);
}

function visible(text: string): string {
  return text.replaceAll(BIDI, "\ufffd");
}

/** The parameters of one SGR sequence, applied from left to right. */
function applySgr(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map((code) => (code === "" ? 0 : Number(code)));
  let result = style;
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const { color, length } = extendedColor(codes.slice(index + 1));
      index += length;
      if (color !== undefined) result = { ...result, [code === 38 ? "color" : "background"]: color };
    } else result = applyCode(result, code);
  }
  return result;
}

const weights: Readonly<Record<number, Style>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
};

const resets: Readonly<Record<number, readonly (keyof Style)[]>> = {
  22: ["bold", "dim"],
  23: ["italic"],
  24: ["underline"],
  27: ["inverse"],
  29: ["strike"],
  39: ["color"],
  49: ["background"],
};

function applyCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  const reset = resets[code];
  if (reset) return without(style, reset);
  if (code >= 30 && code <= 37) return { ...style, color: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, color: code - 82 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 92 };
  return { ...style, ...weights[code] };
}

function without(style: Style, keys: readonly (keyof Style)[]): Style {
  const left = Object.entries(style).filter(([key]) => !keys.some((name) => name === key));
  return Object.fromEntries(left);
}

/** The colour after 38 or 48: `5;N` of the palette of 256, or `2;R;G;B`; and how many codes it took. */
function extendedColor([kind, ...rest]: readonly number[]): { color?: Color; length: number } {
  if (kind === 5) {
    const color = paletteColor(rest[0] ?? -1);
    return color === undefined ? { length: 2 } : { color, length: 2 };
  }
  if (kind !== 2) return { length: 1 };
  const channels = rest.slice(0, 3);
  const valid = channels.length === 3 && channels.every((channel) => channel >= 0 && channel <= 255);
  return valid ? { color: hex(channels), length: 4 } : { length: 4 };
}

const CUBE_STEPS = [0, 95, 135, 175, 215, 255];

function paletteColor(index: number): Color | undefined {
  if (!Number.isInteger(index) || index < 0 || index > 255) return undefined;
  if (index < 16) return index;
  if (index >= 232) return hex(Array<number>(3).fill(8 + (index - 232) * 10));
  const cube = index - 16;
  return hex([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((step) => CUBE_STEPS[step] ?? 0));
}

function hex(channels: readonly number[]): `#${string}` {
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
