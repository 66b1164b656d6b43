import { plainText, styleLine } from "@homeslice/dashboard/logs/ansi.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const ESC = "\x1b";

describe("colours", () => {
  test("are kept as styled spans, and go on in the next line", () => {
    const { spans, next } = styleLine(`plain ${ESC}[1;31mred ${ESC}[22mthin`);
    expect(spans).toEqual([
      { text: "plain ", style: {} },
      { text: "red ", style: { bold: true, color: 1 } },
      { text: "thin", style: { color: 1 } },
    ]);
    expect(styleLine("more", next).spans).toEqual([{ text: "more", style: { color: 1 } }]);
    expect(styleLine(`${ESC}[0mdone`, next).spans).toEqual([{ text: "done", style: {} }]);
  });

  test.each([
    ["38;5;196", { color: "#ff0000" }],
    ["38;5;9", { color: 9 }],
    ["48;2;1;2;3", { background: "#010203" }],
    ["38;5;999", {}],
    ["38;2;1;2", {}],
    ["97;44", { color: 15, background: 4 }],
    ["", {}],
  ])("%s is understood", (code, style) => {
    expect(styleLine(`${ESC}[${code}mx`).spans).toEqual([{ text: "x", style }]);
  });

  test("U2: ten thousand changes in one line are shown", () => {
    const line = Array.from({ length: 10_000 }, (_, index) => `${ESC}[3${index % 8}mx`).join("");
    expect(styleLine(line).spans).toHaveLength(10_000);
  });
});

describe("U2, U4, U7: what is not colour", () => {
  test.each([
    ["a link", `${ESC}]8;;javascript:alert(1)${ESC}\\click${ESC}]8;;${ESC}\\`, "click"],
    ["a write to the clipboard", `a${ESC}]52;c;aGk=\x07b`, "ab"],
    ["a title", `${ESC}]0;owned\x07text`, "text"],
    ["a device control string", `a${ESC}Pq#0;2;0${ESC}\\b`, "ab"],
    ["a string without its end", `a${ESC}]0;never ends`, "a"],
    ["a cursor that moves up and erases", `a${ESC}[2A${ESC}[Kb`, "ab"],
    ["an unfinished sequence", `a${ESC}[`, "a"],
    ["a lone escape", `a${ESC}`, "a"],
    ["NUL and other control characters", "a\x00\x08\x7f\x9bb", "ab"],
    ["a progress bar", "10%\r50%\r100%", "100%"],
    ["the carriage return of a foreign line break", "text\r", "text"],
    ["text that turns direction", "safe\u202egnp.exe", "safe\ufffdgnp.exe"],
  ])("%s changes nothing but what is shown", (_, line, shown) => {
    expect(plainText(line)).toBe(shown);
    expect(
      styleLine(line)
        .spans.map(({ text }) => text)
        .join(""),
    ).toBe(shown);
  });

  test("U1: HTML stays text", () => {
    const line = "</script><img src=x onerror=alert(1)>";
    expect(styleLine(line).spans).toEqual([{ text: line, style: {} }]);
  });

  test("whatever is printed, no control character is shown, and nothing throws", () => {
    const pieces = fc.constantFrom(
      ESC,
      "[",
      "]",
      "m",
      "31",
      ";",
      "\x07",
      "\r",
      "\x00",
      "text",
      "\u202e",
      "\\",
      "P",
      "38;5",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string())), (parts) => {
        const line = parts.join("");
        const text = styleLine(line)
          .spans.map((span) => span.text)
          .join("");
        expect(text).toBe(plainText(line));
        expect([...text].some((character) => character < " " && character !== "\t")).toBe(false);
      }),
    );
  });
});
