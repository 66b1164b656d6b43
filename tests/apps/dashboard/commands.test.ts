import { bestMatches } from "@homeslice/dashboard/commands/match.ts";
import { Keys, type Press } from "@homeslice/dashboard/commands/shortcuts.ts";
import { describe, expect, test } from "vitest";

const entries = (...texts: readonly string[]) => texts.map((text) => ({ text }));
const found = (typed: string, ...texts: readonly string[]) =>
  bestMatches(entries(...texts), typed).map(({ text }) => text);

describe("what the palette finds", () => {
  test("has the letters in their order, best what has them together or at the beginning of words", () => {
    expect(found("db1", "web-1", "db-1", "drab-1", "Dashboard 1")).toEqual(["db-1", "drab-1", "Dashboard 1"]);
    expect(found("serv", "deserve", "Servers", "observe")[0]).toBe("Servers");
    expect(found("xyz", "web-1")).toEqual([]);
    expect(found(" ", "b", "a")).toEqual(["b", "a"]);
  });

  test("is found among ten thousand in a moment", () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `server-${index}.rack-${index % 40}.example.org`);
    const began = performance.now();
    expect(found("s9999r39", ...many)[0]).toBe("server-9999.rack-39.example.org");
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

describe("a key", () => {
  const press = (key: string, more: Partial<Press> = {}): Press => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    repeat: false,
    ...more,
  });

  test("opens the palette from anywhere, also from a field, and with letters switched off", () => {
    const keys = new Keys();
    expect(keys.press(press("k", { ctrlKey: true }), true, false)).toBe("palette");
    expect(keys.press(press("K", { metaKey: true }), false, true)).toBe("palette");
    expect(keys.press(press("k", { ctrlKey: true, repeat: true }), false, true)).toBeUndefined();
  });

  test("goes to a page after g, and means nothing else then", () => {
    const keys = new Keys();
    expect(keys.press(press("g"), false, true)).toBeUndefined();
    expect(keys.press(press("h"), false, true)).toEqual({ to: "/history" });
    expect(keys.press(press("h"), false, true)).toBeUndefined();
    keys.press(press("g"), false, true);
    expect(keys.press(press("x"), false, true)).toBeUndefined();
    expect(keys.press(press("h"), false, true)).toBeUndefined();
  });

  test("is a letter where one writes, and where letters are switched off", () => {
    const keys = new Keys();
    expect(keys.press(press("?"), true, true)).toBeUndefined();
    expect(keys.press(press("?"), false, false)).toBeUndefined();
    expect(keys.press(press("?"), false, true)).toBe("sheet");
    expect(keys.press(press("?", { ctrlKey: true }), false, true)).toBeUndefined();
  });
});
