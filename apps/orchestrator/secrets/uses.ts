import { ApiError, type Operation } from "@homeslice/protocol";
import type { Connection } from "../database/database.ts";
import { ofTenant } from "../database/tenancy.ts";

/** Names of the orchestrator's secrets that an operation asks for. */
export function secretsOf(operation: Operation): string[] {
  if (operation.type !== "shell_command" || operation.dry_run) return [];
  const used = (operation.secrets ?? []).filter(({ from }) => from === "orchestrator");
  return [...new Set(used.map(({ name }) => name))];
}

/** @throws ApiError invalid_request naming every secret that the tenant does not have */
export async function refuseUnknownSecrets(connection: Connection, operation: Operation): Promise<void> {
  const names = secretsOf(operation);
  if (names.length === 0) return;
  const rows = await connection
    .selectFrom("secrets")
    .select("name")
    .where(ofTenant)
    .where("name", "in", names)
    .execute();
  const known = new Set(rows.map(({ name }) => name));
  const errors = names
    .filter((name) => !known.has(name))
    .map((name) => ({ path: "body.parameters", message: `there is no secret "${name}"` }));
  if (errors.length > 0)
    throw new ApiError("invalid_request", "the action asks for secrets that are not there", { errors });
}

/**
 * What somebody makes up on the spot gets no secret of the orchestrator: it could be made to tell it. Whoever writes an
 * action decides what is done with one. @throws ApiError not_permitted
 */
export function refuseSecretsOf(operation: Operation): void {
  if (secretsOf(operation).length === 0) return;
  throw new ApiError("not_permitted", "secrets of the orchestrator are given to actions alone", {
    fix: "start an action that asks for them, or use a secret that the server keeps",
  });
}
