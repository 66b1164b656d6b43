import { IdempotencyKey, Problem, type Route, routes } from "@homeslice/protocol";
import { z } from "zod";

type Schema = Record<string, unknown>;

/** The description of the REST API (OpenAPI 3.1), made from the catalogue of routes. */
export function openApiDocument(version: string): Schema {
  const paths: Record<string, Schema> = {};
  for (const [name, route] of Object.entries<Route>(routes)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Homeslice", version, license: { name: "Apache-2.0" } },
    paths,
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
      schemas: { Problem: toSchema(Problem, "output") },
    },
  };
}

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  schema: toSchema(IdempotencyKey, "input"),
};

const ifMatch = {
  name: "If-Match",
  in: "header",
  required: false,
  description: "The ETag that you have seen: when it is another by now, nothing is changed",
  schema: toSchema(z.string().regex(/^(\*|"\d{1,9}")$/), "input"),
};

function operation(name: string, route: Route): Schema {
  const answer = route.status === 204 ? {} : { content: json(toSchema(route.response, "output")) };
  return {
    operationId: name,
    summary: route.summary,
    description: `Permission: ${route.permission}`,
    security: route.permission === "public" ? [] : [{ bearer: [] }],
    parameters: [
      ...parameters(route.params, "path"),
      ...parameters(route.query, "query"),
      ...(route.idempotent ? [idempotencyKey] : []),
      ...(route.versioned ? [ifMatch] : []),
    ],
    ...(route.body instanceof z.ZodUndefined
      ? {}
      : { requestBody: { required: true, content: json(toSchema(route.body, "input")) } }),
    responses: {
      [route.status]: { description: "Done", ...answer },
      default: {
        description: "Refused or failed",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

function parameters(schema: z.ZodObject, place: "path" | "query"): Schema[] {
  return Object.entries<z.ZodType>(schema.shape).map(([name, field]) => ({
    name,
    in: place,
    required: place === "path" || !field.safeParse(undefined).success,
    schema: toSchema(field, "input"),
  }));
}

function toSchema(schema: z.ZodType, io: "input" | "output"): Schema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

const json = (schema: Schema) => ({ "application/json": { schema } });
