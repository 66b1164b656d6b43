import { TokenBuckets } from "@homeslice/orchestrator/http/rateLimits/tokenBuckets.ts";
import { mintToken, verifyToken } from "@homeslice/protocol";
import { expect, test } from "vitest";

const limit = { burst: 3, perSeconds: 1 };

function limits() {
  const clock = { now: new Date("2026-01-01T00:00:00Z") };
  return { clock, buckets: new TokenBuckets(() => clock.now) };
}

const pass = (buckets: TokenBuckets, times: number, name = "a") =>
  Array.from({ length: times }, () => buckets.take(name, limit)).filter((seconds) => seconds === 0).length;

test("as much as the burst comes through at once, and then as much as refills", () => {
  const { clock, buckets } = limits();
  expect(pass(buckets, 10)).toBe(3);
  expect(pass(buckets, 10, "another")).toBe(3);
  clock.now = new Date(clock.now.getTime() + 334);
  expect(pass(buckets, 10)).toBe(1);
  clock.now = new Date(clock.now.getTime() + 60_000);
  expect(pass(buckets, 10)).toBe(3);
});

test("whoever is refused hears how long to wait, and it is enough", () => {
  const { clock, buckets } = limits();
  pass(buckets, 3);
  const seconds = buckets.take("a", limit);
  expect(seconds).toBeCloseTo(1 / 3);
  clock.now = new Date(clock.now.getTime() + Math.ceil(seconds * 1_000));
  expect(buckets.take("a", limit)).toBe(0);
});

test("SF7: a clock that is set back neither refills nor locks out", () => {
  const { clock, buckets } = limits();
  pass(buckets, 3);
  clock.now = new Date(clock.now.getTime() - 3_600_000);
  expect(pass(buckets, 10)).toBe(0);
  clock.now = new Date(clock.now.getTime() + 2_000);
  expect(pass(buckets, 10)).toBe(3);
});

test("SF7: a token is over by the clock of whoever checks it, and good again when that is set back", async () => {
  const secret = Buffer.alloc(32, 1);
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
  const token = await mintToken(secret, { subject: "ada", role: "viewer" }, 10, at(0));
  expect(await verifyToken(secret, token, at(9))).toMatchObject({ caller: { subject: "ada" }, expiresAt: at(10) });
  expect(await verifyToken(secret, token, at(10))).toBeUndefined();
  expect(await verifyToken(secret, token, at(9))).toMatchObject({ caller: { subject: "ada" }, expiresAt: at(10) });
});
