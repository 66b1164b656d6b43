import { type Actor, ApiError, type Caller, type NewSecret, permits } from "@homeslice/protocol";
import type { Context } from "../context.ts";
import type { Handlers } from "../http/routes.ts";
import { Secrets } from "./secrets.ts";

export function secretHandlers(context: Context) {
  const secrets = new Secrets(context);
  return {
    listSecrets: ({ query }) => secrets.list(query),
    createSecret: ({ body }, actor, caller) => secrets.create(body, referring(body, actor, caller)),
    resealSecrets: (_request, actor) => secrets.reseal(actor),
    getSecret: ({ params }) => secrets.get(params.secret_id),
    updateSecret: ({ params, body, version }, actor, caller) =>
      secrets.update(params.secret_id, body, version, referring(body, actor, caller)),
    deleteSecret: ({ params, version }, actor) => secrets.delete(params.secret_id, version, actor),
  } satisfies Partial<Handlers>;
}

/** What lies outside belongs to the installation, and not to a tenant of it. @throws ApiError not_permitted */
function referring({ source }: NewSecret, actor: Actor, caller: Caller | undefined): Actor {
  if (source.type === "value" || (caller !== undefined && permits(caller, "secrets:refer"))) return actor;
  throw new ApiError("not_permitted", "this needs the permission secrets:refer", {
    fix: "give the value itself, or ask the people of the default tenant",
  });
}
