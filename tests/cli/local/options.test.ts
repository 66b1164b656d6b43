import { expect, test } from "vitest";
import { parsePort, parseTtl } from "../../../cli/local/options.ts";

test.for([
  ["90s", 90],
  ["15m", 900],
  ["1h", 3_600],
  ["7d", 604_800],
] as const)("%s is %i seconds", ([text, seconds]) => {
  expect(parseTtl(text)).toBe(seconds);
});

test.for(["", "1", "h", "0m", "-1h", "1.5h", "1 h", "1w", "367d", "99999999999h"])(
  "%j is no duration, and the error shows how one is written",
  (text) => {
    expect(() => parseTtl(text)).toThrow(/--ttl: .* is not a duration\nGive a number with a unit, for example 15m/);
  },
);

test("a port is a whole number that fits", () => {
  expect(parsePort("0")).toBe(0);
  expect(parsePort("65535")).toBe(65_535);
  for (const text of ["", "65536", "-1", "80a", "8e3", " 80"]) expect(() => parsePort(text)).toThrow("is not a port");
});
