import { Turns } from "@homeslice/agent/jobs/turns.ts";
import { Backoff } from "@homeslice/agent/link/backoff.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const never = new AbortController().signal;

describe("turns", () => {
  it("are given in order, never more at a time than the limit, and each to one who still wants it", async () => {
    const script = fc.array(fc.record({ work: fc.nat(3), givesUp: fc.boolean() }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), script, async (limit, callers) => {
        const turns = new Turns(limit);
        const order: number[] = [];
        let running = 0;
        await Promise.all(
          callers.map(async ({ work, givesUp }, i) => {
            const stop = new AbortController();
            const taking = turns.take(stop.signal);
            if (givesUp && i >= limit) stop.abort();
            const end = await taking;
            if (!stop.signal.aborted) {
              order.push(i);
              running++;
              expect(running).toBeLessThanOrEqual(limit);
              for (let n = 0; n < work; n++) await Promise.resolve();
              running--;
            }
            end();
          }),
        );
        expect(order).toEqual(callers.map((_, i) => i).filter((i) => !callers[i]?.givesUp || i < limit));
      }),
    );
  });

  it("beyond the limit are for what runs already, and count", async () => {
    const turns = new Turns(1);
    const ends = [turns.force(), turns.force()];
    let taken = false;
    const taking = turns.take(never).then(() => {
      taken = true;
    });
    ends[0]?.();
    await Promise.resolve();
    expect(taken).toBe(false);
    ends[1]?.();
    await taking;
  });
});

describe("the pause before the next attempt", () => {
  it("is random, doubles up to its limit, and starts anew after a success", () => {
    const backoff = new Backoff(250, 15_000, () => 1);
    expect(Array.from({ length: 8 }, () => backoff.next())).toEqual([
      250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000,
    ]);
    backoff.reset();
    expect(backoff.next()).toBe(250);
    expect(new Backoff(250, 15_000, () => 0.1).next()).toBe(25);
  });
});
