import { covers, DEFAULT_TENANT, type Role } from "@homeslice/protocol";
import { sql } from "kysely";
import type { Context } from "../context.ts";

/** What members of a group of the identity provider may do, and where. */
interface Grant {
  readonly tenant: string;
  readonly role: Role;
}

/**
 * What somebody's groups give them in one tenant: the strongest role of the configuration and of the bindings together.
 * @param tenant default: that of the first group that is configured; where none is, `default` or that of the oldest binding
 */
export async function grantOf(
  context: Pick<Context, "databases" | "groupRoles">,
  groups: readonly string[],
  tenant: string | undefined,
): Promise<Grant | undefined> {
  const configured = Object.entries(context.groupRoles).flatMap(([group, grant]) =>
    groups.includes(group) ? [grant] : [],
  );
  const grants = [...configured, ...(await boundTo(groups, context))];
  const where = tenant ?? grants[0]?.tenant;
  const [first, ...others] = grants.filter((grant) => grant.tenant === where);
  return first && others.reduce((strongest, grant) => (covers(strongest.role, grant.role) ? strongest : grant), first);
}

/** What bindings give to groups, in whichever tenant. */
async function boundTo(groups: readonly string[], { databases }: Pick<Context, "databases">): Promise<Grant[]> {
  const rows = await databases.system
    .selectFrom("role_bindings")
    .select(["tenant_id", "definition"])
    .where(sql<boolean>`name = any(${[...groups]}::text[])`)
    .orderBy(sql`tenant_id <> ${DEFAULT_TENANT}`)
    .orderBy("created_at")
    .orderBy("role_binding_id")
    .execute();
  return rows.map(({ tenant_id: tenant, definition: { role } }) => ({ tenant, role }));
}
