import { covers, Permission, permissionsOfToken, type Role, roles } from "@homeslice/protocol/access.ts";
import { wholeNumber } from "../forms/number.ts";

/** What stands in the fields of a token that is to be made. */
export interface TokenDraft {
  readonly name: string;
  readonly role: Role;
  /** Whether it may do all that its role may. */
  readonly all: boolean;
  readonly permissions: readonly Permission[];
  readonly days: string;
}

export const emptyToken: TokenDraft = { name: "", role: "viewer", all: true, permissions: [], days: "90" };

/** The roles that somebody can give to a token: at most their own. */
export function rolesToGive(own: Role): Role[] {
  return roles.filter((role) => covers(own, role));
}

/** What a token of a role may be allowed: never what only people decide. */
export function permissionsToGive(role: Role): Permission[] {
  const held = permissionsOfToken(role, null);
  return Permission.options.filter((permission) => held.includes(permission));
}

/** The token that the fields say, as it is sent. */
export function tokenOf({ name, role, all, permissions, days }: TokenDraft): object {
  const possible = permissionsToGive(role);
  return {
    name: name.trim(),
    role,
    ...(!all && { permissions: permissions.filter((permission) => possible.includes(permission)) }),
    expires_in_days: wholeNumber(days),
  };
}
