import { createElement, Fragment, type ReactNode } from "react";
import { type Style, styleLine } from "./ansi.ts";
import { highlight, type Piece } from "./highlight.ts";

interface StyledTextProps {
  readonly text: string;
  /** The style in which it begins. */
  readonly style: Style;
  readonly wanted: string;
}

/** One line of output in its colours, with what is looked for marked. Its pieces never move, so they need no keys. */
export function StyledText({ text, style, wanted }: StyledTextProps) {
  return createElement(Fragment, null, ...highlight(styleLine(text, style).spans, wanted).map(element));
}

function element({ text, style, marked }: Piece): ReactNode {
  if (Object.keys(style).length === 0) return marked ? createElement("mark", null, text) : text;
  return createElement(
    marked ? "mark" : "span",
    { className: marked ? undefined : classesOf(style), style: marked ? undefined : ownColours(style) },
    text,
  );
}

function classesOf({ color, background, ...rest }: Style): string {
  return [
    ...Object.keys(rest).map((name) => `ansi-${name}`),
    ...(typeof color === "number" ? [`ansi-fg-${color}`] : []),
    ...(typeof background === "number" ? [`ansi-bg-${background}`] : []),
  ].join(" ");
}

function ownColours({ color, background }: Style) {
  return {
    ...(typeof color === "string" ? { color } : {}),
    ...(typeof background === "string" ? { backgroundColor: background } : {}),
  };
}
