import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { CORE_SCHEMA, load } from "js-yaml";
import { z } from "zod";

// The published description of the API that the pinned client was generated from: the double lets nothing through, in
// either direction, that does not fit it.

const jsonSchema = z.looseObject({ $ref: z.string().optional() });
export type JsonSchema = z.infer<typeof jsonSchema>;

const parameterSchema = z.object({
  in: z.enum(["path", "query", "header", "cookie"]),
  name: z.string(),
  schema: jsonSchema,
});
const contentSchema = z.object({ "application/json": z.object({ schema: jsonSchema }).optional() }).optional();
const operationSchema = z.object({
  operationId: z.string(),
  parameters: z.array(z.union([parameterSchema, z.object({ $ref: z.string() })])).default([]),
  requestBody: z.object({ content: contentSchema, required: z.boolean().optional() }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: contentSchema })),
});
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({
    schemas: z.record(z.string(), jsonSchema),
    parameters: z.record(z.string(), parameterSchema),
  }),
});

type Parameter = z.infer<typeof parameterSchema>;

/** One operation of the API, as found for a request. */
export interface Operation {
  readonly id: string;
  /** Path with its placeholders: `/core/groups/{group_uuid}/`. */
  readonly path: string;
  /** Values of the placeholders. */
  readonly values: Readonly<Record<string, string>>;
  readonly query: readonly Parameter[];
  /** Schema of the request body. */
  readonly body: JsonSchema | undefined;
  /** Status of success → schema of the answer. */
  readonly responses: ReadonlyMap<number, JsonSchema | undefined>;
}

const require = createRequire(import.meta.resolve("@homeslice/provider"));
const document = documentSchema.parse(
  load(readFileSync(require.resolve("@goauthentik/api/schema.yml"), "utf8"), { schema: CORE_SCHEMA }),
);

const ajv = new Ajv({ strict: false, allErrors: true, logger: false, coerceTypes: false });
formats.default(ajv);
// Where a text may be empty, as the absence of a minimal length tells, it may be so whatever its format.
for (const format of ["email", "uri"] as const) {
  const known = z.instanceof(RegExp).or(z.custom<(text: string) => boolean>((value) => typeof value === "function"));
  const fits = known.parse(formats.default.get(format));
  ajv.addFormat(format, (text: string) => text === "" || (fits instanceof RegExp ? fits.test(text) : fits(text)));
}
ajv.addSchema(withNullsAllowed({ components: document.components }), "authentik");

const routes = Object.keys(document.paths)
  .map((path) => ({ path, pattern: new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`) }))
  .sort((one, other) => placeholders(one.path) - placeholders(other.path));

/** The operation for a request; "path" or "method" when the API has none of that kind. */
export function findOperation(method: string, path: string): Operation | "path" | "method" {
  for (const route of routes) {
    const match = route.pattern.exec(path);
    if (!match) continue;
    const operation = document.paths[route.path]?.[method.toLowerCase()];
    if (!operation) return "method";
    const responses = Object.entries(operation.responses).map(
      ([status, { content }]): [number, JsonSchema | undefined] => [
        Number(status),
        content?.["application/json"]?.schema,
      ],
    );
    return {
      id: operation.operationId,
      path: route.path,
      values: Object.fromEntries(
        Object.entries(match.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]),
      ),
      query: operation.parameters.map(resolved).filter((parameter) => parameter.in === "query"),
      body: operation.requestBody?.content?.["application/json"]?.schema,
      responses: new Map(responses),
    };
  }
  return "path";
}

const validators = new Map<string, ValidateFunction>();

/** Field → what is wrong with it, as Authentik reports it; empty when all is well. */
export function mistakes(schema: JsonSchema, value: unknown): Record<string, string[]> {
  const key = JSON.stringify(schema);
  const validate = validators.get(key) ?? ajv.compile(inDocument(schema));
  validators.set(key, validate);
  if (validate(value)) return {};
  const found: Record<string, string[]> = {};
  for (const { instancePath, params, message } of validate.errors ?? []) {
    const missing: unknown = params["missingProperty"];
    const [field = "non_field_errors"] = [
      ...instancePath.split("/").slice(1),
      ...(typeof missing === "string" ? [missing] : []),
    ];
    found[field] = [
      ...(found[field] ?? []),
      missing === undefined ? `${instancePath} ${message}` : "This field is required.",
    ];
  }
  return found;
}

/** Properties of an object schema, resolved. */
export function propertiesOf(schema: JsonSchema): { properties: Record<string, JsonSchema>; required: string[] } {
  const { properties = {}, required = [] } = shapeSchema.parse(target(schema));
  return { properties, required };
}
const shapeSchema = z.object({
  properties: z.record(z.string(), jsonSchema).optional(),
  required: z.array(z.string()).optional(),
});

/** The schema that a reference, or an `allOf` with a single one, leads to; keeps whether null is allowed. */
export function target(schema: JsonSchema): JsonSchema {
  const [only] = z.array(jsonSchema).catch([]).parse(schema["allOf"]);
  if (only) return { ...target(only), ...(schema["nullable"] ? { nullable: true } : {}) };
  if (!schema.$ref) return schema;
  return document.components.schemas[schema.$ref.replace("#/components/schemas/", "")] ?? {};
}

function resolved(parameter: Parameter | { $ref: string }): Parameter {
  if ("in" in parameter) return parameter;
  const found = document.components.parameters[parameter.$ref.replace("#/components/parameters/", "")];
  if (!found) throw new Error(`the description of the API has no ${parameter.$ref}`);
  return found;
}

function placeholders(path: string): number {
  return path.split("{").length;
}

function inDocument(schema: JsonSchema): object {
  return JSON.parse(JSON.stringify(withNullsAllowed(schema)).replaceAll('"#/components/', '"authentik#/components/'));
}

/** Only OpenAPI 3.0 knows `nullable` beside a reference: JSON Schema wants an alternative. */
function withNullsAllowed(value: unknown): object {
  return JSON.parse(JSON.stringify(value), (_key, part: unknown) => {
    const schema = jsonSchema.safeParse(part);
    if (!schema.success || schema.data["nullable"] !== true || "type" in schema.data) return part;
    const { nullable: _, ...rest } = schema.data;
    return { anyOf: [rest, { type: "null" }] };
  });
}
