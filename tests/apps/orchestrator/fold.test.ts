import fc from "fast-check";
import { expect, test } from "vitest";
import { fold, type Report } from "../../../apps/orchestrator/agents/fold.ts";

const at = new Date(0).toISOString();
const line = (seq: number) => ({ seq, stream: "stdout" as const, text: String(seq), at });

/** Frames as a broken link may bring them: in any order, doubled, with gaps, of any attempt. */
const frame: fc.Arbitrary<Report> = fc.oneof(
  fc.record({
    type: fc.constant("progress" as const),
    fence: fc.integer({ min: 1, max: 3 }),
    to: fc.constantFrom("acknowledged" as const, "running" as const),
  }),
  fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4 }))
    .map(([fence, first, count]) => ({
      type: "output" as const,
      fence,
      lines: Array.from({ length: count }, (_, index) => line(first + index)),
    })),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat({ max: 12 })).map(([fence, last_seq]) => ({
    type: "finished" as const,
    fence,
    finish: {
      execution_id: "00000000-0000-7000-8000-000000000000",
      fence,
      outcome: "exited" as const,
      exit_code: 0,
      error: null,
      last_seq,
      duration_seconds: 1,
    },
  })),
);

const frames = fc.array(frame, { maxLength: 20 });

test("R16: whatever order frames come in, lines are stored once, without a gap, and an attempt ends once", () => {
  fc.assert(
    fc.property(frames, fc.nat({ max: 4 }), (reports, last_seq) => {
      const { lines, finish, superseded, verdicts } = fold({ fence: 2, state: "dispatched", last_seq }, reports);
      expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => last_seq + 1 + index));
      expect(verdicts).toHaveLength(reports.length);
      if (finish !== undefined) {
        expect(finish.fence).toBe(2);
        expect(finish.last_seq).toBeLessThanOrEqual(last_seq + lines.length);
      }
      const settled = verdicts.filter(({ type }) => type === "settled").length;
      expect(superseded.length + (finish === undefined ? 0 : 1)).toBe(settled);
    }),
  );
});

test("R16: frames of a server that has no such attempt, or has ended it, change nothing", () => {
  fc.assert(
    fc.property(frames, fc.constantFrom("queued" as const, "succeeded" as const, "lost" as const), (reports, state) => {
      for (const target of [undefined, { fence: 2, state, last_seq: 3 }]) {
        expect(fold(target, reports)).toMatchObject({ to: undefined, lines: [], finish: undefined });
      }
    }),
  );
});
