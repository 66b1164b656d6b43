import type {
  AuditEvent,
  HostStatus,
  NewAction,
  Operation,
  OperationResult,
  Parameters,
  ResourceUsage,
  TargetState,
} from "@homeslice/protocol";
import type { ColumnType, Generated, JSONColumnType } from "kysely";

/** A column that the database fills in and that changes later. */
type Defaulted<T> = ColumnType<T, T | undefined, T>;

interface OfTenant {
  /** Filled in by the database: the tenant whose request adds the row. Never changes. */
  tenant_id: ColumnType<string, string | undefined, never>;
}

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
  last_successful_execution: Date | null;
  created_at: Generated<Date>;
  created_by: string;
  version: Defaulted<number>;
  updated_at: Defaulted<Date>;
  deleted_at: Date | null;
}

export interface EnrolmentTokensTable extends OfTenant {
  token_hash: Buffer;
  server_id: string;
  expires_at: Date;
  used_at: Date | null;
}

export interface ActionsTable extends OfTenant {
  action_id: Generated<string>;
  name: string;
  definition: JSONColumnType<NewAction>;
  version: Defaulted<number>;
  usage_count: Defaulted<number>;
  created_at: Generated<Date>;
  created_by: string;
  updated_at: Defaulted<Date>;
  deleted_at: Date | null;
}

export interface ExecutionsTable extends OfTenant {
  execution_id: Generated<string>;
  initiated_by: string;
  action_id: string | null;
  operation: JSONColumnType<Operation>;
  parameters: JSONColumnType<Parameters>;
  timeout_seconds: number;
  success_exit_code: number;
  created_at: Generated<Date>;
}

export interface TargetsTable extends OfTenant {
  execution_id: string;
  server_id: string;
  state: Defaulted<TargetState>;
  state_since: Defaulted<Date>;
  fence: Defaulted<number>;
  acknowledged: Defaulted<boolean>;
  cancel_requested_at: Date | null;
  started_at: Date | null;
  finished_at: Date | null;
  exit_code: number | null;
  error: string | null;
  duration_seconds: number | null;
  result: JSONColumnType<OperationResult> | null;
  usage: JSONColumnType<ResourceUsage> | null;
  last_seq: Defaulted<number>;
  log_bytes: Defaulted<number>;
}

export interface IdempotencyKeysTable extends OfTenant {
  subject: string;
  key: string;
  request_hash: Buffer;
  execution_id: string;
  created_at: Generated<Date>;
}

export interface SupersededResultsTable extends OfTenant {
  execution_id: string;
  server_id: string;
  fence: number;
  result: JSONColumnType<object>;
  received_at: Generated<Date>;
}

export interface AuditEventsTable extends OfTenant {
  event_id: Generated<number>;
  at: Generated<Date>;
  event_type: AuditEvent["event_type"];
  actor: JSONColumnType<AuditEvent["actor"]>;
  resource: JSONColumnType<AuditEvent["resource"]>;
  details: JSONColumnType<AuditEvent["details"]>;
  result: JSONColumnType<AuditEvent["result"]>;
  position: number | null;
  hash: Buffer | null;
}

export interface LogLinesTable extends OfTenant {
  execution_id: string;
  server_id: string;
  seq: number;
  stream: "stdout" | "stderr";
  text: string;
  at: Date;
}

/** Every table, as the newest migration leaves it. */
export interface Tables {
  servers: ServersTable;
  enrolment_tokens: EnrolmentTokensTable;
  actions: ActionsTable;
  executions: ExecutionsTable;
  execution_targets: TargetsTable;
  idempotency_keys: IdempotencyKeysTable;
  superseded_results: SupersededResultsTable;
  audit_events: AuditEventsTable;
  log_lines: LogLinesTable;
}
