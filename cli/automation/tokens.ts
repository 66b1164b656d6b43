import type { Permission, Role } from "@homeslice/protocol/access.ts";
import type { ApiToken } from "@homeslice/protocol/accounts.ts";
import { type Client, everything } from "@homeslice/protocol/client.ts";
import { openFor } from "./client.ts";
import { named } from "./lookup.ts";
import { type Shown, say, show, table } from "./show.ts";

const CONCERN = "tokens";

/** `tokens list`. @throws UserError `tokens.refused`, as `locateEndpoint` */
export async function listTokens({ search, ...shown }: Shown & { readonly search?: string }): Promise<void> {
  show(await all(await openFor(CONCERN), search), shown, (found) =>
    table("token", found, {
      NAME: ({ name }) => name,
      ROLE: ({ role }) => role,
      ONLY: ({ permissions }) => permissions?.join(" "),
      EXPIRES: ({ expires_at }) => expires_at,
      "LAST USED": ({ last_used_at }) => last_used_at,
      BY: ({ created_by }) => created_by,
    }),
  );
}

interface NewToken {
  readonly role: Role;
  readonly days: number;
  readonly permission: readonly Permission[];
}

/** `tokens create`: prints the token and nothing else. @throws UserError as `listTokens` */
export async function createToken(name: string, { role, days, permission, ...shown }: Shown & NewToken): Promise<void> {
  const client = await openFor(CONCERN);
  const permissions = permission.length === 0 ? undefined : [...permission];
  const issued = await client.call("createApiToken", { body: { name, role, permissions, expires_in_days: days } });
  say(`the token "${name}" holds until ${issued.expires_at}, and is shown only now:`);
  show(issued, shown, ({ token }) => `${token}\n`);
}

/** `tokens revoke`. @throws UserError as `listTokens`, `tokens.unknown` */
export async function revokeToken(name: string, shown: Shown): Promise<void> {
  const client = await openFor(CONCERN);
  const wanted = { concern: CONCERN, noun: "token" };
  const revoked = named(wanted, await all(client), name, (token) => token.token_id);
  await client.call("revokeApiToken", { params: { token_id: revoked.token_id } });
  say(`the token "${revoked.name}" is revoked`);
  if (shown.json) show(revoked, shown);
}

async function all(client: Client, search?: string): Promise<ApiToken[]> {
  return await everything((page) => client.call("listApiTokens", { query: { ...page, sort: "name", search } }));
}
