import { Timestamp } from "@homeslice/protocol/ids.ts";
import { Finish, Job } from "@homeslice/protocol/link.ts";
import { z } from "zod";

const at = { at: Timestamp };

/** What the journal of an attempt says, in this order. Each record is on disk before the agent acts on it or tells it. */
export const JournalRecord = z.discriminatedUnion("type", [
  z.object({ type: z.literal("accepted"), ...at, job: Job }),
  /** The shim is about to begin: it starts the command if it can take `token`. It has waited for so many seconds. */
  z.object({
    ...{ type: z.literal("starting"), ...at, token: z.string(), boot_id: z.string() },
    waited: z.number().nonnegative().default(0),
  }),
  z.object({ type: z.literal("started"), ...at, pid: z.int().positive() }),
  /** The command has to end; the outcome is decided. */
  z.object({ type: z.literal("stopping"), ...at, outcome: z.enum(["cancelled", "timed_out"]) }),
  z.object({ type: z.literal("finished"), ...at, finish: Finish }),
]);
export type JournalRecord = z.infer<typeof JournalRecord>;

/** Where an entry of output is: which bytes of which file. At most one line. */
export const IndexRecord = z.object({
  seq: z.int().positive(),
  stream: z.enum(["stdout", "stderr"]),
  offset: z.int().nonnegative(),
  length: z.int().positive(),
  at: Timestamp,
  /** Said by the agent itself, and in no file: the last entry, after which output is dropped. */
  notice: z.string().optional(),
});
export type IndexRecord = z.infer<typeof IndexRecord>;

/** An attempt that the orchestrator has settled: kept until its job can no longer be replayed. */
export const SettledRecord = z.object({ finish: Finish, not_after: Timestamp });
export type SettledRecord = z.infer<typeof SettledRecord>;
