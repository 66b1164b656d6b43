import { PLAIN } from "@homeslice/dashboard/logs/ansi.ts";
import { LineList } from "@homeslice/dashboard/logs/lineList.ts";
import { NamedLine, nameOf } from "@homeslice/dashboard/logs/lineName.ts";
import { LogSearch } from "@homeslice/dashboard/logs/logSearch.ts";
import { LINE_HEIGHT, OVERSCAN, rowsInSight } from "@homeslice/dashboard/logs/useSight.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const HELD = 100_000;
const BATCH = 200;
const at = "2026-11-21T00:00:00.000Z";
const serverId = "0190a1b2-0000-7000-8000-000000000001";

/** Output that is held, to which more comes; it counts how often a line of it is looked at. */
function output() {
  const list = new LineList(HELD);
  let reads = 0;
  const append = (count: number) => {
    for (let seq = list.count + 1, last = list.count + count; seq <= last; seq++)
      list.append({ serverId, seq, stream: "stdout", text: `number ${seq}`, style: PLAIN, at });
  };
  const counted = () =>
    new Proxy(list.lines, {
      get(lines, key) {
        if (typeof key === "string" && /^\d+$/.test(key)) reads++;
        return Reflect.get(lines, key);
      },
    });
  const readsOf = (act: () => void) => {
    const before = reads;
    act();
    return reads - before;
  };
  append(HELD);
  return { append, counted, readsOf };
}

describe("what a batch of output takes does not grow with what is held", () => {
  test("of a search: the new lines are looked at, and what was found before is not copied", () => {
    const { append, counted, readsOf } = output();
    const search = new LogSearch("number");
    const found = search.look(counted());
    append(BATCH);
    expect(readsOf(() => search.look(counted()))).toBeLessThanOrEqual(BATCH + 1);
    expect(search.look(counted())).toBe(found);
    expect(found).toHaveLength(HELD + BATCH);
  });

  test("of a line that an address names: it is looked for among the new ones, and no longer once it is there", () => {
    const { append, counted, readsOf } = output();
    const seq = HELD + 2 * BATCH;
    const named = new NamedLine(nameOf({ serverId, seq }));
    expect(named.look(counted())).toBe(undefined);
    append(BATCH);
    expect(readsOf(() => named.look(counted()))).toBeLessThanOrEqual(BATCH + 1);
    append(BATCH);
    expect(named.look(counted())).toBe(seq - 1);
    append(BATCH);
    expect(readsOf(() => named.look(counted()))).toBe(1);
    append(2 * HELD);
    expect(named.look(counted())).toBe(undefined);
  });

  test("of the lines in sight: as many exist as fit, and they fill what is in sight, wherever that is", () => {
    const sight = fc.record({
      top: fc.oneof(fc.constant(Infinity), fc.integer({ min: 0, max: HELD * LINE_HEIGHT })),
      height: fc.integer({ min: 0, max: 2_000 }),
    });
    fc.assert(
      fc.property(fc.nat({ max: HELD }), sight, (count, { top, height }) => {
        const rows = rowsInSight(count, { top, height });
        expect(rows.length).toBeLessThanOrEqual(height / LINE_HEIGHT + 2 * OVERSCAN + 2);
        expect(rows.map(({ index }) => index)).toEqual(rows.map((_, place) => (rows[0]?.index ?? 0) + place));
        for (const { index, start } of rows) expect(start).toBe(index * LINE_HEIGHT);
        const whole = count * LINE_HEIGHT;
        const begins = Math.max(0, Math.min(top, whole - height));
        if (count > 0) expect(rows[0]?.start).toBeLessThanOrEqual(begins);
        expect((rows.at(-1)?.start ?? -LINE_HEIGHT) + LINE_HEIGHT).toBeGreaterThanOrEqual(
          Math.min(whole, begins + height),
        );
      }),
    );
  });
});
