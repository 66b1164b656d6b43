import { z } from "zod";

const Schema = z.record(z.string(), z.unknown());

const Document = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        parameters: z.array(z.looseObject({ name: z.string(), in: z.string(), schema: Schema })),
      }),
    ),
  ),
});

/** Objects that there are, by the names of the path parameters that lead to them. */
export type Known = Readonly<Record<string, readonly string[]>>;

/**
 * The description of the API as the fuzzer gets it: with objects that there are among those that it asks for, and with
 * tuples as lists of any of their items, because it turns tuples of answers into what is no schema.
 */
export function documentForFuzzing(text: string, known: Known): string {
  const document = Document.parse(JSON.parse(text));
  for (const methods of Object.values(document.paths)) {
    for (const operation of Object.values(methods)) {
      for (const parameter of operation.parameters) {
        const ids = known[parameter.name];
        if (parameter.in === "path" && ids !== undefined) {
          parameter.schema = { anyOf: [{ type: "string", enum: ids }, parameter.schema] };
        }
      }
    }
  }
  return JSON.stringify(document, (_key, value: unknown) => withoutTuple(value));
}

function withoutTuple(value: unknown): unknown {
  const schema = Schema.safeParse(value);
  if (!schema.success || !Array.isArray(schema.data["prefixItems"])) return value;
  const { prefixItems, items, ...rest } = schema.data;
  const rests = items === undefined || items === false ? [] : [items];
  return { ...rest, items: { anyOf: [prefixItems, rests].flat() } };
}
