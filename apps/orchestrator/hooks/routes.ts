import { HookId } from "@homeslice/protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Context } from "../context.ts";
import type { RateLimits } from "../http/rateLimits/rateLimits.ts";
import { HookCalls } from "./calls.ts";

const Params = z.object({ hook_id: HookId });

/** Calls from one address: whoever guesses secrets, and an alert storm. */
const CALLS = { burst: 120, perSeconds: 60 };

/** Adds where alerts arrive: opened by the secret of each hook, and signed over the bytes as they came. */
export async function addHookCalls(app: FastifyInstance, context: Context, limits: RateLimits): Promise<void> {
  const calls = new HookCalls(context);
  await app.register((scope, _options, ready) => {
    scope.removeContentTypeParser("application/json");
    scope.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => done(null, body));
    scope.post("/api/v1/hooks/:hook_id/calls", { config: { access: "public" } }, async (request, reply) => {
      await limits.demand({ kind: "hooks", of: request.ip, ...CALLS });
      const params = Params.safeParse(request.params);
      const hookId = params.success ? params.data.hook_id : "00000000-0000-4000-8000-000000000000";
      const body = typeof request.body === "string" ? request.body : "";
      return await reply.code(200).send(await calls.take(hookId, { headers: request.headers, body }));
    });
    ready();
  });
}
