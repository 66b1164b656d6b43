import { readLive } from "@homeslice/dashboard/live/readLive.ts";
import { LiveMessage } from "@homeslice/protocol/live.ts";
import { expect, test } from "vitest";

const entry = {
  server_id: "0190a1b2-0000-7000-8000-000000000001",
  seq: 1,
  stream: "stdout",
  text: "a line\n",
  at: "2026-11-21T00:00:00.000Z",
};
const output = (entries: unknown) => JSON.stringify({ type: "log", entries });

test("output is read as its schema has it", () => {
  const text = output([entry, { ...entry, seq: 2, stream: "stderr", text: "" }]);
  expect(readLive(text)).toEqual(LiveMessage.parse(JSON.parse(text)));
});

const others: readonly (readonly [string, unknown])[] = [
  ["no list", { ...entry }],
  ["an empty list", []],
  ["a line that is null", [entry, null]],
  ["a line that is a text", ["stdout"]],
  ...Object.keys(entry).map((field) => [`a line without ${field}`, [entry, { ...entry, [field]: undefined }]] as const),
  ...Object.keys(entry).map((field) => [`a line whose ${field} is a list`, [{ ...entry, [field]: [1] }]] as const),
  ["a line before the first", [{ ...entry, seq: 0 }]],
  ["half a number", [{ ...entry, seq: 1.5 }]],
  ["a stream that is not there", [{ ...entry, stream: "stdin" }]],
];

test.each(others)("output with %s is refused as by its schema", (_, entries) => {
  const text = output(entries);
  expect(LiveMessage.safeParse(JSON.parse(text)).success).toBe(false);
  expect(() => readLive(text)).toThrow();
});

test.each(["null", "1", '{"type":"gone"}', '{"type":"execution"}'])("%s is no message", (text) => {
  expect(() => readLive(text)).toThrow();
});
