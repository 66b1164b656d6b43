import { z } from "zod";

export const ParameterName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, "use lower case letters, digits and underscores");

const Scalar = z.union([z.string().max(65_536), z.number(), z.boolean()]);
const ParameterValue = z.union([Scalar, z.array(Scalar).max(1_000)]);
export type ParameterValue = z.infer<typeof ParameterValue>;
export const Parameters = z.record(ParameterName, ParameterValue);
export type Parameters = z.infer<typeof Parameters>;

/** What a value must be like, beyond its type. Rules that are not given are not checked. */
const ParameterValidation = z.strictObject({
  one_of: z
    .array(z.union([z.string(), z.number()]))
    .min(1)
    .max(100)
    .optional()
    .meta({
      description:
        "The only values that are allowed. A text that begins with a dash is an option to most commands: as an argument before --, it is refused unless it is listed here",
    }),
  min: z.number().optional().meta({ description: "Smallest number" }),
  max: z.number().optional().meta({ description: "Largest number" }),
  min_length: z.int().min(0).optional().meta({ description: "Fewest characters" }),
  max_length: z.int().min(0).max(65_536).optional().meta({ description: "Most characters" }),
  pattern: z.string().min(1).max(1_000).optional().meta({
    description:
      "Regular expression of RE2 that the whole text has to match: without look-around and back-references, so that none takes for ever",
  }),
  format: z.enum(["name", "hostname", "absolute_path"]).optional().meta({
    description:
      "name: letters, digits, dot, dash and underscore, not beginning with a dash; absolute_path: without ..",
  }),
});
export type ParameterValidation = z.infer<typeof ParameterValidation>;

const itemTypes = ["string", "integer", "number", "boolean", "enum", "server"] as const;

/** What a single value is, by itself or in a list. */
const value = {
  validation: ParameterValidation.default({}),
  fills_with: z.enum(["hostname", "ip_address", "server_id"]).optional().meta({
    description: "Of a server: what of it stands in the place of the parameter. Default: hostname",
  }),
};

const ListItems = z.strictObject({ type: z.enum(itemTypes).default("string"), ...value });
export type ListItems = z.infer<typeof ListItems>;

export const ParameterDefinition = z.strictObject({
  type: z.enum([...itemTypes, "secret", "list"]).meta({
    description:
      "enum: one of validation.one_of; server: the id of a server; secret: the name of a secret of the orchestrator, which stands among the secrets of a command alone; list: fills as many arguments of a command as it has items",
  }),
  required: z.boolean().default(true),
  default: ParameterValue.optional(),
  description: z.string().max(1_000).default(""),
  ...value,
  items: ListItems.optional().meta({ description: "Of a list: what each item is. Default: any text" }),
  min_items: z.int().min(0).optional().meta({ description: "Of a list" }),
  max_items: z.int().min(1).max(1_000).optional().meta({ description: "Of a list" }),
});
export type ParameterDefinition = z.infer<typeof ParameterDefinition>;
