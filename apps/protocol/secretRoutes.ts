import { z } from "zod";
import { DefinitionFilter } from "./notifications.ts";
import { listing, page, type Route, route, sortedBy } from "./route.ts";
import { NewSecret, Secret, SecretId } from "./secrets.ts";

const secret = z.strictObject({ secret_id: SecretId });

/** REST routes of secrets, by name. None of them ever answers with a value. */
export const secretRoutes = {
  listSecrets: route({
    method: "GET",
    path: "/api/v1/secrets",
    summary: "List secrets by their names, without their values",
    permission: "secrets:read",
    query: DefinitionFilter.extend(listing(sortedBy("created", "name").default("-created")).shape),
    response: page(Secret),
  }),
  createSecret: route({
    method: "POST",
    path: "/api/v1/secrets",
    summary: "Create a secret that actions may ask for; one that lies outside needs the permission secrets:refer",
    permission: "secrets:manage",
    body: NewSecret,
    status: 201,
    response: Secret,
  }),
  resealSecrets: route({
    method: "POST",
    path: "/api/v1/secrets/reseal",
    summary: "Seal everything that is sealed with an older key with the first one, for all tenants",
    permission: "secrets:reseal",
    response: z.object({ resealed: z.int() }),
  }),
  getSecret: route({
    method: "GET",
    path: "/api/v1/secrets/{secret_id}",
    summary: "Show a secret, without its value",
    permission: "secrets:read",
    params: secret,
    response: Secret,
  }),
  updateSecret: route({
    method: "PUT",
    path: "/api/v1/secrets/{secret_id}",
    summary: "Replace a secret; what starts from now on gets the new value, or the same when none is given",
    permission: "secrets:manage",
    params: secret,
    body: NewSecret,
    versioned: true,
    response: Secret,
  }),
  deleteSecret: route({
    method: "DELETE",
    path: "/api/v1/secrets/{secret_id}",
    summary: "Delete a secret: what asks for it is refused from now on",
    permission: "secrets:manage",
    params: secret,
    versioned: true,
    status: 204,
    response: z.void(),
  }),
} satisfies Record<string, Route>;
