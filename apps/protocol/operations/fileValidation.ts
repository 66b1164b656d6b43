import { z } from "zod";
import { checkResult, dryRun, Path } from "./limits.ts";

/** Looks at a file of the server: never at what is in it. */
export const FileValidation = z.strictObject({
  type: z.literal("file_validation"),
  path: Path.meta({ description: "Absolute path of the file or directory" }),
  exists: z.boolean().default(true).meta({ description: "Whether it has to be there, or must not" }),
  readable: z.boolean().optional().meta({ description: "Whether the agent's user has to be able to read it" }),
  size_gt_mb: z
    .number()
    .nonnegative()
    .max(1e9)
    .optional()
    .meta({ description: "It has to be larger than this, in MiB" }),
  modified_within: z
    .int()
    .positive()
    .max(1_000_000_000)
    .optional()
    .meta({ description: "It has to have been modified within so many seconds" }),
  ...dryRun,
});
export type FileValidation = z.infer<typeof FileValidation>;

export const FileValidationResult = z.object({
  type: z.literal("file_validation"),
  ...checkResult,
  kind: z.enum(["file", "directory", "other"]).nullable(),
  size_bytes: z.number().nullable(),
  modified_at: z.iso.datetime().nullable(),
});
