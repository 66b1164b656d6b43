import { UserError } from "@homeslice/config/errors.ts";
import { z } from "zod";
import type { Authentik } from "../authentik/authentik.ts";
import { type Clock, realClock } from "../http/clock.ts";
import { AuthentikError } from "../http/errors.ts";
import { lookup } from "./lookup.ts";

const POLL_MS = 2_000;

/** What Authentik makes on its first start, after its health page has long turned green; all of it is built upon. */
const milestones: readonly { readonly name: string; readonly reached: (authentik: Authentik) => Promise<boolean> }[] = [
  {
    name: "the token of the provider belongs to a superuser",
    reached: async ({ core }) => (await core.coreUsersMeRetrieve()).user.isSuperuser,
  },
  ...[
    "default-provider-authorization-implicit-consent",
    "default-provider-invalidation-flow",
    "default-authentication-flow",
    "default-invalidation-flow",
  ].map((slug) => ({
    name: `the flow ${slug} exists`,
    reached: async ({ flows }: Authentik) => exists(await flows.flowsInstancesList({ slug })),
  })),
  ...["oauth2/scope-openid", "oauth2/scope-email", "oauth2/scope-profile", "proxy/scope-proxy"].map((scope) => ({
    name: `the scope mapping ${scope} exists`,
    reached: async ({ mappings }: Authentik) =>
      exists(await mappings.propertymappingsProviderScopeList({ managed: [`goauthentik.io/providers/${scope}`] })),
  })),
  {
    name: "the embedded outpost exists",
    reached: async ({ outposts }) =>
      exists(await outposts.outpostsInstancesList({ managedIexact: "goauthentik.io/outposts/embedded" })),
  },
  {
    name: "a certificate exists",
    reached: async ({ crypto }) => exists(await crypto.cryptoCertificatekeypairsList({ hasKey: true, pageSize: 1 })),
  },
  {
    name: "the default brand exists",
    reached: async ({ core }) => exists(await core.coreBrandsList({ _default: true })),
  },
];

const exists = ({ results }: { readonly results: readonly unknown[] }) => results.length > 0;

/** Waits until Authentik can be built upon: its first start has finished. Does not wait in previews. */
export const waitReady = lookup({
  token: "homeslice:authentik:waitReady",
  args: {
    /** How long to wait at most. @default 600 */
    timeoutSeconds: z.int().min(1).default(600),
  },
  run: async (authentik, { timeoutSeconds }, preview) => {
    if (!preview) await untilReady(authentik, timeoutSeconds * 1000);
    return { ready: !preview };
  },
});

/**
 * Polls one milestone after the other. Until the first start has finished, every kind of refusal is normal: the token
 * does not exist yet, or the server does not answer yet.
 *
 * @throws UserError `authentik.not-ready` with the milestone that was not reached in time
 */
export async function untilReady(authentik: Authentik, timeoutMs: number, clock: Clock = realClock): Promise<void> {
  const deadline = clock.now() + timeoutMs;
  for (const { name, reached } of milestones) {
    for (;;) {
      const attempt = await tried(reached(authentik));
      if (attempt.done) break;
      if (clock.now() >= deadline) throw notReady(name, timeoutMs, attempt.reason);
      await clock.sleep(Math.min(POLL_MS, Math.max(1, deadline - clock.now())));
    }
  }
}

async function tried(question: Promise<boolean>): Promise<{ done: boolean; reason?: string }> {
  try {
    return { done: await question };
  } catch (error) {
    if (error instanceof AuthentikError && error.code !== "authentik.invalid")
      return { done: false, reason: error.what };
    throw error;
  }
}

function notReady(name: string, timeoutMs: number, reason: string | undefined): UserError {
  return new UserError({
    code: "authentik.not-ready",
    what: `Authentik has not finished its start within ${timeoutMs / 1000} s: still waiting until ${name}${reason ? ` (${reason})` : ""}`,
    fix: "See the log of the Authentik worker, which makes all that on the first start, and its blueprints in the user interface.",
  });
}
