import type { Kysely } from "kysely";
import { keepTenantsApart, run, tenantColumn } from "../migrationParts.ts";

/** Local accounts, the logins and sessions that come of them or of the identity provider, and tokens of programs. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, [...tables, ...keepTenantsApart("accounts", "refresh_tokens", "sessions", "api_tokens")]);
}

const tables = [
  `create table accounts (
    account_id uuid primary key default uuidv7(),
    ${tenantColumn},
    username text not null unique,
    password_hash text not null,
    role text not null,
    disabled boolean not null default false,
    created_at timestamptz not null default now(),
    created_by text not null,
    -- Wrong passwords in a row, and until when no further one is looked at.
    failed_logins integer not null default 0,
    retry_at timestamptz
  )`,
  `create table refresh_tokens (
    token_hash bytea primary key,
    ${tenantColumn},
    -- All that came of one login.
    family_id uuid not null,
    account_id uuid not null references accounts on delete cascade,
    expires_at timestamptz not null,
    used_at timestamptz
  )`,
  "create index refresh_tokens_by_family on refresh_tokens (family_id)",
  "create index refresh_tokens_by_account on refresh_tokens (account_id)",
  `create table sessions (
    session_hash bytea primary key,
    ${tenantColumn},
    subject text not null,
    role text not null,
    account_id uuid references accounts on delete cascade,
    -- By which the identity provider names the person and their login there, when it ends them.
    provider_subject text,
    provider_session text,
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    expires_at timestamptz not null
  )`,
  "create index sessions_by_account on sessions (account_id)",
  "create index sessions_by_provider on sessions (provider_subject)",
  `create table api_tokens (
    token_id uuid primary key default uuidv7(),
    ${tenantColumn},
    token_hash bytea not null unique,
    name text not null,
    role text not null,
    permissions text[],
    created_at timestamptz not null default now(),
    created_by text not null,
    expires_at timestamptz not null,
    last_used_at timestamptz
  )`,
  // Secrets that made a first account: none does so twice.
  "create table used_bootstraps (secret_hash bytea primary key, used_at timestamptz not null default now())",
];
