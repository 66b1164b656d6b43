import type { Generated } from "kysely";
import type { OfTenant } from "./columns.ts";

export interface PushSubscriptionsTable extends OfTenant {
  subscription_id: Generated<string>;
  subject: string;
  endpoint_hash: Buffer;
  sealed: Buffer;
  expires_at: Date;
}
