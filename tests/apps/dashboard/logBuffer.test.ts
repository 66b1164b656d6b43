import { LogBuffer } from "@homeslice/dashboard/logs/logBuffer.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

const at = "2026-11-21T00:00:00.000Z";
const entry = (server_id: string, seq: number) => ({ server_id, seq, stream: "stdout" as const, text: `${seq}\n`, at });
const entries = (server: string, count: number) =>
  Array.from({ length: count }, (_, index) => entry(server, index + 1));

test("UF7: every line of every server is held once and in its order, however they come", () => {
  const all = [...entries("a", 20), ...entries("b", 20)];
  const inAnyOrder = fc.shuffledSubarray([...all, ...all], { minLength: 80, maxLength: 80 });
  fc.assert(
    fc.property(inAnyOrder, fc.integer({ min: 1, max: 20 }), (arrived, size) => {
      const buffer = new LogBuffer();
      for (let from = 0; from < arrived.length; from += size) buffer.add(arrived.slice(from, from + size));
      for (const server of ["a", "b"]) {
        const held = buffer.all.lines.filter(({ serverId }) => serverId === server);
        expect(held.map(({ text }) => text)).toEqual(entries(server, 20).map(({ seq }) => String(seq)));
      }
      expect(buffer.held).toEqual({ a: 20, b: 20 });
      expect(buffer.all.lines.map(({ index }) => index)).toEqual(Array.from({ length: 40 }, (_, index) => index));
    }),
  );
});

test("U2: a colour goes on in the next lines of the same output alone, and is not changed by what comes in between", () => {
  const buffer = new LogBuffer();
  const line = (server_id: string, seq: number, stream: "stdout" | "stderr", text: string) =>
    buffer.add([{ ...entry(server_id, seq), stream, text }]);
  line("a", 1, "stdout", "plain \x1b[31mred\n");
  line("a", 2, "stderr", "plain\n");
  line("b", 1, "stdout", "plain\n");
  line("a", 3, "stdout", "red, then \x1b[0mplain\n");
  line("a", 4, "stdout", "plain\n");
  const began = buffer.all.lines.map(({ style }) => style);
  expect(began).toEqual([{}, {}, {}, { color: 1 }, {}]);
  expect(buffer.of("a").lines.map(({ style }) => style.color)).toEqual([undefined, undefined, 1, undefined]);
});

test("it says where a new connection goes on, and whether anything new came", () => {
  const buffer = new LogBuffer();
  expect(buffer.add(entries("a", 3))).toBe(true);
  expect(buffer.add(entries("a", 3))).toBe(false);
  expect(buffer.add([entry("a", 5)])).toBe(false);
  expect(buffer.held).toEqual({ a: 3 });
  expect(buffer.add([entry("a", 4)])).toBe(true);
  expect(buffer.held).toEqual({ a: 5 });
});

test("the oldest lines are given up when there are a tenth too many, and are counted", () => {
  const buffer = new LogBuffer(100);
  buffer.add(entries("a", 110));
  expect(buffer.all.lines).toHaveLength(110);
  expect(buffer.all.dropped).toBe(0);
  buffer.add([entry("a", 111)]);
  expect(buffer.all.lines).toHaveLength(100);
  expect(buffer.all.lines[0]?.text).toBe("12");
  buffer.add(entries("a", 250));
  expect(buffer.all.lines.at(-1)?.text).toBe("250");
  expect(buffer.all.dropped + buffer.all.lines.length).toBe(250);
});

test("a hundred thousand lines that wait for one in front of them are taken in at once", () => {
  const buffer = new LogBuffer();
  const [first, ...rest] = entries("a", 100_000);
  expect(buffer.add(rest)).toBe(false);
  if (first) buffer.add([first]);
  expect(buffer.all.lines).toHaveLength(100_000);
});
