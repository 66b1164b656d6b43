import type { Generated } from "kysely";
import type { DefinitionsTable } from "./columns.ts";

export interface SecretsTable extends DefinitionsTable<object> {
  secret_id: Generated<string>;
  sealed: Buffer;
}
