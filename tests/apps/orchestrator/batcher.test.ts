import { Batcher } from "@homeslice/orchestrator/batcher.ts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

const GATHER_MS = 100;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What was written, each batch by itself. */
function doubling(gatherMs?: number) {
  const batches: (readonly number[])[] = [];
  const write = async (items: readonly number[]) => {
    batches.push(items);
    return items.map((item) => 2 * item);
  };
  return { batches, batcher: new Batcher(write, 2, gatherMs) };
}

it("writes together what comes in one turn, as much at once as it may", async () => {
  const { batches, batcher } = doubling();
  const results = Promise.all([1, 2, 3].map((item) => batcher.submit(item)));
  await vi.runAllTimersAsync();
  expect(await results).toEqual([2, 4, 6]);
  expect(batches).toEqual([[1, 2], [3]]);
});

it("lets what is in no hurry wait for others, each time anew, and leaves nothing behind", async () => {
  const { batches, batcher } = doubling(GATHER_MS);
  const results = [batcher.submit(1)];
  await vi.advanceTimersByTimeAsync(GATHER_MS - 1);
  results.push(batcher.submit(2), batcher.submit(3));
  expect(batches).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(batches).toEqual([[1, 2]]);
  await vi.advanceTimersByTimeAsync(GATHER_MS);
  expect(batches).toEqual([[1, 2], [3]]);
  expect(await Promise.all(results)).toEqual([2, 4, 6]);
  const later = batcher.submit(4);
  await vi.advanceTimersByTimeAsync(GATHER_MS);
  expect(await later).toBe(8);
});

it("tells everybody of a batch that it could not be written, and goes on", async () => {
  let fails = true;
  const write = async (items: readonly number[]) => {
    if (fails) throw new Error("the database is away");
    return items;
  };
  const batcher = new Batcher(write, 10, GATHER_MS);
  const results = Promise.allSettled([batcher.submit(1), batcher.submit(2)]);
  await vi.advanceTimersByTimeAsync(GATHER_MS);
  expect((await results).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  fails = false;
  const later = batcher.submit(3);
  await vi.advanceTimersByTimeAsync(GATHER_MS);
  expect(await later).toBe(3);
});
