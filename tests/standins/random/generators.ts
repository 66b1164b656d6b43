import { randomBytes, randomInt, randomUUID } from "node:crypto";
import type { Values } from "@homeslice/plugin/values.ts";
import { z } from "zod";

const keepers = z.record(z.string(), z.string()).optional();
const count = z.coerce.number().int();

/** What a new resource of one type is made of. */
export interface Generated {
  /** Stands in the state in clear: never the secret itself. */
  readonly id: string;
  readonly outputs: Values;
}

interface Generator {
  /** Checks the inputs, throws a ZodError for wrong ones. */
  readonly validate: (inputs: Values) => void;
  readonly generate: (inputs: Values) => Generated;
  /** Outputs that exist only once the resource does. */
  readonly computed: readonly string[];
}

function generator<Schema extends z.ZodType>(
  schema: Schema,
  computed: readonly string[],
  generate: (inputs: z.output<Schema>) => Generated,
): Generator {
  return {
    validate: (inputs) => void schema.parse(inputs),
    generate: (inputs) => generate(schema.parse(inputs)),
    computed,
  };
}

const text = z
  .strictObject({
    keepers,
    length: count.min(1),
    lower: z.boolean().default(true),
    upper: z.boolean().default(true),
    numeric: z.boolean().default(true),
    number: z.boolean().optional(),
    special: z.boolean().default(true),
    overrideSpecial: z.string().default(""),
    minLower: count.min(0).default(0),
    minUpper: count.min(0).default(0),
    minNumeric: count.min(0).default(0),
    minSpecial: count.min(0).default(0),
  })
  .refine(
    ({ length, minLower, minUpper, minNumeric, minSpecial }) => length >= minLower + minUpper + minNumeric + minSpecial,
    { path: ["length"], message: "must be at least the sum of minLower, minUpper, minNumeric and minSpecial" },
  );

type Text = z.infer<typeof text>;

function randomText(inputs: Text): string {
  const classes = [
    { wanted: inputs.lower, least: inputs.minLower, characters: "abcdefghijklmnopqrstuvwxyz" },
    { wanted: inputs.upper, least: inputs.minUpper, characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
    { wanted: inputs.number ?? inputs.numeric, least: inputs.minNumeric, characters: "0123456789" },
    {
      wanted: inputs.special,
      least: inputs.minSpecial,
      characters: inputs.overrideSpecial || "!@#$%&*()-_=+[]{}<>:?",
    },
  ].filter(({ wanted, least }) => wanted || least > 0);
  const all = classes.flatMap(({ wanted, characters }) => (wanted ? [characters] : [])).join("");
  if (all === "") throw new Error("at least one of lower, upper, numeric and special must be true");
  const required = classes.flatMap(({ least, characters }) => pick(characters, least));
  return shuffled([...required, ...pick(all, inputs.length - required.length)]).join("");
}

function pick(characters: string, howMany: number): string[] {
  return Array.from({ length: howMany }, () => characters.charAt(randomInt(characters.length)));
}

function shuffled(items: readonly string[]): string[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(randomInt(rest.length), 1));
}

const withDefaults = (inputs: Text): Values => ({ ...inputs, keepers: inputs.keepers ?? null, number: null });

const adjectives = ["able", "bold", "calm", "eager", "fair", "glad", "keen", "merry", "neat", "proud", "quick", "wise"];
const animals = ["ant", "bear", "crow", "deer", "eel", "fox", "goat", "hare", "ibis", "jay", "lynx", "mole", "newt"];

const oneOf = (words: readonly string[]) => words[randomInt(words.length)] ?? "";

function petName(length: number, separator: string, prefix: string | undefined): string {
  const words = Array.from({ length }, (_, index) => oneOf(index === length - 1 ? animals : adjectives));
  return [...(prefix === undefined ? [] : [prefix]), ...words].join(separator);
}

/** One generator for each type token that the stand-in knows. `bcryptHash` of a password is not among its outputs. */
export const generators: Readonly<Record<string, Generator>> = {
  "random:index/randomPassword:RandomPassword": generator(text, ["result"], (inputs) => ({
    id: "none",
    outputs: { ...withDefaults(inputs), result: randomText(inputs) },
  })),
  "random:index/randomString:RandomString": generator(text, ["result"], (inputs) => {
    const result = randomText(inputs);
    return { id: result, outputs: { ...withDefaults(inputs), result } };
  }),
  "random:index/randomBytes:RandomBytes": generator(
    z.strictObject({ keepers, length: count.min(1) }),
    ["base64", "hex"],
    ({ length, ...rest }) => {
      const bytes = randomBytes(length);
      const outputs = { length, keepers: rest.keepers ?? null };
      return { id: "none", outputs: { ...outputs, base64: bytes.toString("base64"), hex: bytes.toString("hex") } };
    },
  ),
  "random:index/randomId:RandomId": generator(
    z.strictObject({ keepers, byteLength: count.min(1), prefix: z.string().default("") }),
    ["b64Std", "b64Url", "dec", "hex"],
    ({ byteLength, prefix, ...rest }) => {
      const bytes = randomBytes(byteLength);
      const texts = {
        b64Std: prefix + bytes.toString("base64"),
        b64Url: prefix + bytes.toString("base64url"),
        dec: prefix + BigInt(`0x${bytes.toString("hex")}`).toString(),
        hex: prefix + bytes.toString("hex"),
      };
      return {
        id: bytes.toString("base64url"),
        outputs: { byteLength, prefix: prefix || null, keepers: rest.keepers ?? null, ...texts },
      };
    },
  ),
  "random:index/randomPet:RandomPet": generator(
    z.strictObject({
      keepers,
      length: count.min(1).default(2),
      prefix: z.string().optional(),
      separator: z.string().default("-"),
    }),
    ["id"],
    ({ length, separator, prefix, ...rest }) => ({
      id: petName(length, separator, prefix),
      outputs: { length, separator, prefix: prefix ?? null, keepers: rest.keepers ?? null },
    }),
  ),
  "random:index/randomUuid:RandomUuid": generator(z.strictObject({ keepers }), ["result"], (inputs) => {
    const result = randomUUID();
    return { id: result, outputs: { keepers: inputs.keepers ?? null, result } };
  }),
};
