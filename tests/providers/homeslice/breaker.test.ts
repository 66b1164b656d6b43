import { CircuitBreaker } from "@homeslice/provider/http/breaker.ts";
import { beforeEach, expect, test } from "vitest";

let now: number;
let breaker: CircuitBreaker;

beforeEach(() => {
  now = 0;
  breaker = new CircuitBreaker({ failures: 3, openMs: 1_000 }, { now: () => now });
});

function report(...healthy: boolean[]): void {
  for (const end of healthy) breaker.report(end);
}

test("counts failures in a row only: a success in between starts anew", () => {
  report(false, false, true, false, false);
  expect(breaker.admits()).toBe(true);
  report(false);
  expect(breaker.admits()).toBe(false);
});

test("lets a single request try after the pause, and all again when it succeeds", () => {
  report(false, false, false);
  now = 1_000;
  expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
  report(true);
  expect([breaker.admits(), breaker.admits()]).toEqual([true, true]);
});

test("pauses anew when the try fails", () => {
  report(false, false, false);
  now = 1_000;
  breaker.admits();
  report(false);
  expect(breaker.admits()).toBe(false);
  now = 2_000;
  expect(breaker.admits()).toBe(true);
});
