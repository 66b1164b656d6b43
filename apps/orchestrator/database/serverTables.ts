import type { Breaker, HostStatus } from "@homeslice/protocol";
import type { Generated, JSONColumnType } from "kysely";
import type { Defaulted, OfTenant } from "./columns.ts";

export interface ServersTable extends OfTenant {
  server_id: Generated<string>;
  hostname: string;
  ip_address: string | null;
  environment: "dev" | "staging" | "uat" | "preprod" | "prod";
  server_group: string | null;
  tags: string[];
  capabilities: Defaulted<string[]>;
  agent_version: string | null;
  os_info: string | null;
  max_concurrent_jobs: number | null;
  public_key: string | null;
  key_rotated_at: Date | null;
  host_status: JSONColumnType<HostStatus> | null;
  last_heartbeat: Date | null;
  session_id: string | null;
  orchestrator_id: string | null;
  session_expires_at: Date | null;
  link_epoch: Defaulted<number>;
  last_successful_execution: Date | null;
  breaker_mode: Defaulted<Breaker["mode"]>;
  breaker_failures: Defaulted<number>;
  breaker_retry_at: Date | null;
  job_limit: number | null;
  timeout_default: number | null;
  created_at: Generated<Date>;
  created_by: string;
  version: Defaulted<number>;
  updated_at: Defaulted<Date>;
  deleted_at: Date | null;
}

export interface LastSuccessesTable extends OfTenant {
  server_id: string;
  succeeded_at: Date;
}

export interface EnrolmentTokensTable extends OfTenant {
  token_hash: Buffer;
  server_id: string;
  expires_at: Date;
  used_at: Date | null;
}
