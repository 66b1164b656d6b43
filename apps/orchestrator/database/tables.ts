import type {
  ApprovalStatus,
  AuditEvent,
  Execution,
  FinalState,
  Lock,
  NewAction,
  Operation,
  OperationResult,
  Parameters,
  ResourceUsage,
  TargetState,
} from "@homeslice/protocol";
import type { Generated, JSONColumnType } from "kysely";
import type { Policy } from "../executions/policy.ts";
import type {
  AccountsTable,
  ApiTokensTable,
  RefreshTokensTable,
  RoleBindingsTable,
  SessionsTable,
} from "./accessTables.ts";
import type { ActionsTable, ActionVersionsTable } from "./actionTables.ts";
import type { ApprovalRulesTable, ApprovalsTable, ApprovalVotesTable } from "./approvalTables.ts";
import type { Defaulted, OfTenant } from "./columns.ts";
import type { DriftChecksTable } from "./driftTables.ts";
import type { HookCallsTable, HooksTable } from "./hookTables.ts";
import type {
  NotificationChannelsTable,
  NotificationDeliveriesTable,
  NotificationRulesTable,
} from "./notificationTables.ts";
import type { PushSubscriptionsTable } from "./pushTables.ts";
import type { ReportPartsTable, ReportSchedulesTable, ReportsTable } from "./reportTables.ts";
import type { ScheduleFiresTable, SchedulesTable } from "./scheduleTables.ts";
import type { SecretsTable } from "./secretTables.ts";
import type { EnrolmentTokensTable, LastSuccessesTable, ServersTable } from "./serverTables.ts";
import type { WorkflowRunsTable, WorkflowStepsTable, WorkflowsTable } from "./workflowTables.ts";

export interface ExecutionsTable extends OfTenant {
  execution_id: Generated<string>;
  initiated_by: string;
  action_id: string | null;
  action_version: number | null;
  operation: JSONColumnType<Operation>;
  parameters: JSONColumnType<Parameters>;
  timeout_seconds: number;
  created_at: Generated<Date>;
  batch_id: string;
  retry_of: string | null;
  execution_type: Execution["execution_type"];
  action_type: NewAction["action_type"];
  priority: number;
  policy: JSONColumnType<Policy>;
  queue_expires_seconds: number;
  parallelism: number | null;
  batch_size: number | null;
  stop_after_failures: number | null;
  approval: ApprovalStatus | null;
  state: Defaulted<TargetState>;
  total_count: number;
  success_count: Defaulted<number>;
  failure_count: Defaulted<number>;
  severity: Defaulted<number>;
  started_at: Date | null;
  completed_at: Date | null;
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
  queue_key: Date | null;
  queued_at: Date | null;
  queue_expires_at: Date | null;
  retry_at: Date | null;
  wave: Defaulted<number>;
  ordinal: Defaulted<number>;
  dispatched_at: Date | null;
  attempt_seq: Defaulted<number>;
}

export interface AttemptsTable extends OfTenant {
  execution_id: string;
  server_id: string;
  fence: number;
  state: FinalState;
  exit_code: number | null;
  error: string | null;
  duration_seconds: number | null;
  ended_at: Generated<Date>;
}

export interface LocksTable extends OfTenant {
  lock_id: Generated<string>;
  server_id: string;
  lock_type: Lock["lock_type"];
  status: Defaulted<Lock["status"]>;
  fence: Generated<number>;
  process: string | null;
  execution_id: string | null;
  locked_by: string;
  reason: string;
  priority: number;
  estimated_duration_minutes: number | null;
  acquired_at: Generated<Date>;
  expires_at: Date;
  max_extension_count: number;
  current_extensions: Defaulted<number>;
  ended_at: Date | null;
  ended_by: string | null;
  end_reason: string | null;
}

export interface QueueControlTable extends OfTenant {
  draining: boolean;
  reason: string;
  changed_by: string;
  changed_at: Defaulted<Date>;
  version: Defaulted<number>;
}

export interface LimitsTable {
  scope: string;
  max_running: number | null;
  max_queued: number | null;
  version: Defaulted<number>;
  changed_by: string;
  changed_at: Defaulted<Date>;
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
  /** Without the count in entries from before it was kept. */
  result: JSONColumnType<Omit<AuditEvent["result"], "affected_count"> & Partial<AuditEvent["result"]>>;
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
  last_successes: LastSuccessesTable;
  enrolment_tokens: EnrolmentTokensTable;
  actions: ActionsTable;
  action_versions: ActionVersionsTable;
  executions: ExecutionsTable;
  execution_targets: TargetsTable;
  execution_attempts: AttemptsTable;
  locks: LocksTable;
  queue_control: QueueControlTable;
  limits: LimitsTable;
  drift_checks: DriftChecksTable;
  idempotency_keys: IdempotencyKeysTable;
  superseded_results: SupersededResultsTable;
  audit_events: AuditEventsTable;
  audit_origin: { only_row: Generated<boolean>; position: number; hash: Buffer };
  log_lines: LogLinesTable;
  accounts: AccountsTable;
  refresh_tokens: RefreshTokensTable;
  sessions: SessionsTable;
  api_tokens: ApiTokensTable;
  role_bindings: RoleBindingsTable;
  approval_rules: ApprovalRulesTable;
  approvals: ApprovalsTable;
  approval_votes: ApprovalVotesTable;
  notification_channels: NotificationChannelsTable;
  notification_rules: NotificationRulesTable;
  notification_deliveries: NotificationDeliveriesTable;
  hooks: HooksTable;
  hook_calls: HookCallsTable;
  push_subscriptions: PushSubscriptionsTable;
  report_schedules: ReportSchedulesTable;
  reports: ReportsTable;
  report_parts: ReportPartsTable;
  schedules: SchedulesTable;
  secrets: SecretsTable;
  schedule_fires: ScheduleFiresTable;
  workflows: WorkflowsTable;
  workflow_runs: WorkflowRunsTable;
  workflow_steps: WorkflowStepsTable;
  used_bootstraps: { secret_hash: Buffer };
}
