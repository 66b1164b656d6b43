import type { NewRoleBinding, Permission, Role } from "@homeslice/protocol";
import type { Generated } from "kysely";
import type { Defaulted, DefinitionsTable, OfTenant } from "./columns.ts";

export interface AccountsTable extends OfTenant {
  account_id: Generated<string>;
  username: string;
  password_hash: string;
  role: Role;
  disabled: Defaulted<boolean>;
  version: Defaulted<number>;
  created_at: Generated<Date>;
  created_by: string;
  failed_logins: Defaulted<number>;
  retry_at: Date | null;
}

export interface RefreshTokensTable extends OfTenant {
  token_hash: Buffer;
  family_id: string;
  account_id: string;
  expires_at: Date;
  used_at: Date | null;
}

export interface SessionsTable extends OfTenant {
  session_hash: Buffer;
  subject: string;
  role: Role;
  account_id: string | null;
  provider_subject: string | null;
  provider_session: string | null;
  /** Those of the identity provider. */
  groups: string[] | null;
  created_at: Generated<Date>;
  last_used_at: Defaulted<Date>;
  expires_at: Date;
}

/** Each is named like the group that it gives a role. */
export interface RoleBindingsTable extends DefinitionsTable<NewRoleBinding> {
  role_binding_id: Generated<string>;
}

export interface ApiTokensTable extends OfTenant {
  token_id: Generated<string>;
  token_hash: Buffer;
  name: string;
  role: Role;
  permissions: Permission[] | null;
  created_at: Generated<Date>;
  created_by: string;
  expires_at: Date;
  last_used_at: Date | null;
}
