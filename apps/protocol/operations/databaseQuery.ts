import { z } from "zod";
import { checkResult, dryRun, SecretName } from "./limits.ts";

const Text = z.string().max(65_536);
const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** Asks a PostgreSQL database, in a transaction that can only read unless it says otherwise. */
export const DatabaseQuery = z
  .strictObject({
    type: z.literal("database_query"),
    connection: SecretName.meta({
      description: "Name of the secret on the server that holds the connection string: it never travels",
    }),
    query: z.string().min(1).max(65_536).meta({ description: "One statement; values go in as $1, $2 …" }),
    parameters: z
      .array(z.union([Text, z.number(), z.boolean(), z.null()]))
      .max(100)
      .default([]),
    returns: z.enum(["scalar", "rows"]).default("rows").meta({ description: "One value, or rows" }),
    row_limit: z.int().min(1).max(1_000).default(100).meta({ description: "Rows that are returned at most" }),
    expected: z
      .strictObject({ min: z.number().optional(), max: z.number().optional(), equals: Cell.optional() })
      .optional()
      .meta({ description: "Range of the value, or of the number of rows; or exactly this value" }),
    read_only: z.boolean().default(true).meta({ description: "Whether the database refuses every change" }),
    statement_timeout_ms: z.int().min(1).max(3_600_000).default(30_000),
    ...dryRun,
  })
  .refine(({ expected }) => (expected?.min ?? -Infinity) <= (expected?.max ?? Infinity), {
    path: ["expected", "max"],
    message: "must not be less than min",
  });
export type DatabaseQuery = z.infer<typeof DatabaseQuery>;

export const DatabaseQueryResult = z.object({
  type: z.literal("database_query"),
  ...checkResult,
  value: Cell.optional().meta({ description: "Of a scalar query" }),
  columns: z.array(z.string()).max(1_664),
  rows: z.array(z.array(Cell)).max(1_000),
  row_count: z.int().nonnegative(),
  truncated: z.boolean().meta({ description: "Whether there were more rows, or longer values, than are returned" }),
});
