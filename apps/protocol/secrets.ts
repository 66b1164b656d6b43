import { z } from "zod";
import { Timestamp } from "./ids.ts";
import { SecretName } from "./operations/index.ts";

export const SecretId = z.uuid().meta({ description: "Identity of a secret" });

const Variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, "use letters, digits and underscores");
const RelativePath = z
  .string()
  .max(1_000)
  .regex(/^[\w.-]+(\/[\w.-]+)*$/, "give a path inside of the directory, such as database/password")
  .refine((path) => !path.split("/").some((part) => part === "." || part === ".."), "must not contain . or ..");

const references = [
  z.strictObject({
    type: z.literal("environment"),
    variable: Variable.meta({ description: "A variable of the orchestrator, of those in HOMESLICE_SECRET_VARIABLES" }),
  }),
  z.strictObject({
    type: z.literal("file"),
    path: RelativePath.meta({
      description: "A file in HOMESLICE_SECRET_DIR; a Secret of Kubernetes is mounted there, each of its keys a file",
    }),
  }),
] as const;

/** The longest value of a secret, in characters. */
export const MAX_SECRET = 16_384;

const Value = z
  .string()
  .min(4, "use 4 characters or more: shorter ones cannot be told from other text and covered")
  .max(MAX_SECRET)
  .refine((text) => !text.includes("\0"), "must not contain a NUL character");

/** Where the value of a secret is. */
export const SecretSource = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("value"), value: Value }),
  ...references,
]);
export type SecretSource = z.infer<typeof SecretSource>;

const NewSource = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("value"),
    value: Value.optional().meta({
      description: "Stored sealed, and never shown again. Left out of a change, it stays what it is",
    }),
  }),
  ...references,
]);

/** What creates a secret, or replaces it. */
export const NewSecret = z.strictObject({
  name: SecretName.meta({ description: "By which actions ask for it" }),
  description: z.string().max(1_000).default(""),
  source: NewSource,
});
export type NewSecret = z.infer<typeof NewSecret>;

export const Secret = z.object({
  secret_id: SecretId,
  name: SecretName,
  description: z.string(),
  source: z.discriminatedUnion("type", [z.strictObject({ type: z.literal("value") }), ...references]),
  version: z.int().meta({ description: "Grows with each change; also the ETag" }),
  metadata: z.object({ created_at: Timestamp, created_by: z.string(), updated_at: Timestamp }),
});
export type Secret = z.infer<typeof Secret>;
