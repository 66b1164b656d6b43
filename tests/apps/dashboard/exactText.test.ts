import { exactText, isDisguised } from "@homeslice/dashboard/ui/exactText.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

describe("U5, U7: what one decides by is shown as it is", () => {
  test.each([
    ["text that turns direction", "safe\u202egnp.exe", "safe⟨U+202E⟩gnp.exe"],
    ["an isolate that turns it", "a\u2067b\u2069", "a⟨U+2067⟩b⟨U+2069⟩"],
    ["what a terminal would write over", "rm all\recho safe", "rm all⟨U+000D⟩echo safe"],
    ["what a terminal would take for a title", "\x1b]0;rm all\x07echo", "⟨U+001B⟩]0;rm all⟨U+0007⟩echo"],
    ["NUL", "a\0b", "a⟨U+0000⟩b"],
    ["a character without a width", "pay\u200broll", "pay⟨U+200B⟩roll"],
    ["a space that is none", "rm\u00a0-rf", "rm⟨U+00A0⟩-rf"],
    ["half of a character", "a\ud83c", "a⟨U+D83C⟩"],
    ["a letter of another script", "p\u0430yroll", "p\u0430⟨U+0430⟩yroll"],
    ["a word of such letters alone", "rm \u0441\u043e", "rm \u0441⟨U+0441⟩\u043e⟨U+043E⟩"],
    ["a full-width semicolon", "a\uff1bb", "a\uff1b⟨U+FF1B⟩b"],
    ["a mathematical letter", "\u{1d42b}m", "\u{1d42b}⟨U+1D42B⟩m"],
  ])("%s", (_, text, shown) => {
    expect(exactText(text)).toBe(shown);
    expect(isDisguised(["plain", text])).toBe(true);
  });

  test.each([
    "echo 'a line'\n\tand another",
    "Zürich, Łódź, Đà Nẵng",
    "Сервер с базой",
    "ночная проверка nginx",
    "Αθήνα",
    "DBバックアップ",
    "夜间 备份 🍕",
    "שלום",
    "µs – 20 °C…",
  ])("what anybody may write stays as it is: %s", (text) => {
    expect(exactText(text)).toBe(text);
    expect(isDisguised([text])).toBe(false);
  });

  test("whatever it is, nothing is left out, and nothing that cannot be seen is left", () => {
    const unseen = /(?![ \t\n])[\p{C}\p{Z}]/u;
    const code = /(.?)⟨U\+([\dA-F]+)⟩/gsu;
    const written = (_: string, before: string, hex: string) => {
      const character = String.fromCodePoint(Number.parseInt(hex, 16));
      return before === character ? before : before + character;
    };
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "o", " ", "\u202e", "\r", "\u0441", "\uff1b", "\ud83c") }),
        (text) => {
          const shown = exactText(text);
          expect(shown).not.toMatch(unseen);
          expect(shown.replaceAll(code, written)).toBe(text);
        },
      ),
    );
  });
});
