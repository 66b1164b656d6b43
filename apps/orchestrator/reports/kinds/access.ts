import { permissionsOfToken, type Role } from "@homeslice/protocol";
import { sql } from "kysely";
import { ofTenant } from "../../database/tenancy.ts";
import { kindOf, type Scope } from "../report.ts";

interface Access {
  readonly kind: "account" | "token" | "identity provider" | "identity provider group";
  readonly id: string | null;
  readonly name: string;
  readonly role: Role;
  readonly state: "active" | "disabled" | "expired";
  readonly created_at: Date | null;
  readonly created_by: string | null;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly permissions: string[] | null;
}

/**
 * Who may do what, and when they last did: every account and every token as they are now, whoever logged in by the
 * identity provider in the period, with the role that they had at last, and the groups of it whose members may log in:
 * those that somebody bound, and those of the configuration, which nobody made here.
 */
export const access = kindOf<Access>(
  {
    kind: ({ kind }) => kind,
    name: ({ name }) => name,
    role: ({ role }) => role,
    state: ({ state }) => state,
    last_used_at: ({ last_used_at }) => last_used_at?.toISOString() ?? null,
    created_at: ({ created_at }) => created_at?.toISOString() ?? null,
    created_by: ({ created_by }) => created_by,
    expires_at: ({ expires_at }) => expires_at?.toISOString() ?? null,
    permissions: ({ permissions }) => permissions?.join(" ") ?? null,
    id: ({ id }) => id,
  },
  async function* ({ connection, since, until, now, groups }) {
    const { rows } = await sql<Access>`
      with logins as (
        select actor ->> 'id' as name, max(at) as at,
          (array_agg(details ->> 'role' order by at desc) filter (where details ->> 'by' = 'identity provider'))[1] as role,
          bool_or(at >= ${since} and at < ${until} and details ->> 'by' = 'identity provider') as by_provider
        from audit_events where ${ofTenant} and event_type = 'login.succeeded' group by 1
      )
      select 'account' as kind, a.account_id as id, a.username as name, a.role,
        case when a.disabled then 'disabled' else 'active' end as state, a.created_at, a.created_by,
        null::timestamptz as expires_at, null::jsonb as permissions,
        greatest(l.at, (select max(last_used_at) from sessions s where s.account_id = a.account_id)) as last_used_at
      from accounts a left join logins l on l.name = a.username where a.${ofTenant}
      union all
      select 'token', token_id, name, role, case when expires_at > ${now} then 'active' else 'expired' end, created_at,
        created_by, expires_at, to_jsonb(permissions), last_used_at
      from api_tokens where ${ofTenant}
      union all
      select 'identity provider', null, name, role, 'active', null, null, null, null, at from logins where by_provider
      union all
      select 'identity provider group', role_binding_id, name, definition ->> 'role', 'active', created_at, created_by,
        null, null, null
      from role_bindings where ${ofTenant}
      order by 1, 3`.execute(connection);
    yield rows.map((row) => (row.kind === "token" ? { ...row, permissions: permissionsOfRow(row) } : row));
    yield groups.map(ofGroup);
  },
);

function ofGroup({ name, role }: Scope["groups"][number]): Access {
  return {
    ...{ kind: "identity provider group", id: null, name, role, state: "active", permissions: null },
    ...{ created_at: null, created_by: null, expires_at: null, last_used_at: null },
  };
}

/** What a token may really do. */
function permissionsOfRow({ role, permissions }: Access): string[] {
  return permissionsOfToken(role, null).filter((permission) => permissions?.includes(permission) ?? true);
}
