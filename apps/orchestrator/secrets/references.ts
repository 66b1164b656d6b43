import type { SecretReference } from "@homeslice/protocol";
import { recordChange, systemActor } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { openSecret } from "./opening.ts";
import { SecretUnavailable } from "./sources.ts";

/** A secret that was looked up by its name. */
export interface NamedSecret {
  readonly secret_id: string;
  readonly name: string;
  readonly value: string;
}

/** The secret that something else than an action names. @param context of its tenant @throws SecretUnavailable */
export async function findNamed(context: Context, { secret_name: name }: SecretReference): Promise<NamedSecret> {
  const row = await context.database
    .selectFrom("secrets")
    .select(["secret_id", "name", "sealed"])
    .where("name", "=", name)
    .executeTakeFirst();
  if (row === undefined) throw new SecretUnavailable(`there is no secret "${name}"`);
  return { secret_id: row.secret_id, name, value: await openSecret(context, row) };
}

/** Tells the audit log that a secret was used. @param context of its tenant @param by what it was used by */
export async function recordUse(
  { database }: Context,
  { secret_id, name }: NamedSecret,
  by: Readonly<Record<string, string>>,
): Promise<void> {
  const resource = { type: "secret", id: secret_id, name } as const;
  await recordChange(database, systemActor("orchestrator"), "secret.used", resource, by);
}
