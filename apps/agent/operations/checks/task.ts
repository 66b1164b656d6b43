import { Operation } from "@homeslice/protocol/operations/index.ts";
import { z } from "zod";

/** In the directory of an attempt: what its check is to do, and what it found. */
export const TASK_FILE = "task.json";
export const RESULT_FILE = "result.json";

/** What the process of a check is given. */
export const CheckTask = z.object({
  operation: Operation,
  /** Where the owner of the server keeps secrets. */
  secrets_dir: z.string(),
  /** Real paths that no operation may look at. */
  forbidden_paths: z.array(z.string()),
});
export type CheckTask = z.infer<typeof CheckTask>;
