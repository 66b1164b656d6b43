import { type Actor, ApiError, type Caller, permits } from "@homeslice/protocol";
import { Actions, check } from "../actions/actions.ts";
import { Approvals } from "../approvals/approvals.ts";
import { ApprovalRules } from "../approvals/rules.ts";
import { Audit } from "../audit/audit.ts";
import { Accounts } from "../auth/accounts.ts";
import { ApiTokens } from "../auth/apiTokens.ts";
import type { Logins } from "../auth/logins.ts";
import { roleBindingHandlers } from "../auth/roleBindings.ts";
import { Breakers } from "../breaker/breaker.ts";
import { type Context, inTenant } from "../context.ts";
import { previewAction } from "../executions/actionPreview.ts";
import { Executions } from "../executions/executions.ts";
import { Hooks } from "../hooks/hooks.ts";
import { Limits } from "../limits/limits.ts";
import { Locks } from "../locks/locks.ts";
import { Channels } from "../notifications/channels.ts";
import { Notifications } from "../notifications/notifications.ts";
import { platformHandlers } from "../platform/handlers.ts";
import { pushHandlers } from "../push/subscriptions.ts";
import { Queue } from "../queue/queue.ts";
import { reportHandlers } from "../reports/handlers.ts";
import { Schedules } from "../schedules/schedules.ts";
import { secretHandlers } from "../secrets/handlers.ts";
import { Servers } from "../servers/servers.ts";
import { WorkflowRuns } from "../workflows/runs.ts";
import { Workflows } from "../workflows/workflows.ts";
import type { Handlers } from "./routes.ts";

/** The handlers of each tenant's requests; those of public routes are the system's. */
export function handlersOf(context: Context, logins: Logins): (tenantId: string | undefined) => Handlers {
  const system = handlers(context, logins);
  const ofTenants = new Map<string, Handlers>();
  return (tenantId) => {
    if (tenantId === undefined) return system;
    const known = ofTenants.get(tenantId) ?? handlers(inTenant(context, tenantId), logins);
    ofTenants.set(tenantId, known);
    return known;
  };
}

function handlers(context: Context, logins: Logins): Handlers {
  const actions = new Actions(context);
  return {
    ...serverHandlers(context),
    ...actionHandlers(actions),
    ...executionHandlers(context, actions),
    ...scheduleHandlers(context, actions),
    ...workflowHandlers(context, actions),
    ...approvalHandlers(context),
    ...notificationHandlers(context),
    ...reportHandlers(context),
    ...pushHandlers(context),
    ...hookHandlers(context),
    ...secretHandlers(context),
    ...lockHandlers(context),
    ...limitHandlers(context),
    ...auditHandlers(context),
    ...platformHandlers(context),
    ...accessHandlers(context, logins),
    ...roleBindingHandlers(context),
  };
}

function serverHandlers(context: Context) {
  const servers = new Servers(context);
  const breakers = new Breakers(context);
  return {
    listServers: ({ query }) => servers.list(query),
    registerServer: ({ body }, actor) => servers.register(body, actor),
    getServer: ({ params }) => servers.get(params.server_id),
    updateServer: ({ params, body, version }, actor) => servers.update(params.server_id, body, version, actor),
    deleteServer: ({ params, version }, actor) => servers.delete(params.server_id, version, actor),
    getServerHealth: ({ params }) => servers.health(params.server_id),
    enrolAgent: ({ body }, actor) => servers.enrol(body, actor),
    overrideBreaker: async ({ params, body, version }, actor) => {
      await breakers.override(params.server_id, body, version, actor);
      return await servers.get(params.server_id);
    },
  } satisfies Partial<Handlers>;
}

function actionHandlers(actions: Actions) {
  return {
    listActions: ({ query }) => actions.list(query),
    createAction: ({ body }, actor) => actions.create(body, actor),
    addSampleActions: (_request, actor) => actions.addSamples(actor),
    getAction: ({ params }) => actions.get(params.action_id),
    updateAction: ({ params, body, version }, actor) => actions.update(params.action_id, body, version, actor),
    deleteAction: ({ params, version }, actor) => actions.delete(params.action_id, version, actor),
    checkAction: async ({ body }) => check(body),
    validateAction: ({ params }) => actions.validate(params.action_id),
    listActionVersions: ({ params, query }) => actions.versions(params.action_id, query),
    getActionVersion: ({ params }) => actions.version(params.action_id, params.version),
    restoreActionVersion: ({ params, version }, actor) =>
      actions.restore(params.action_id, params.version, version, actor),
    compareActionVersions: ({ params, query }) => actions.compare(params.action_id, query),
  } satisfies Partial<Handlers>;
}

function executionHandlers(context: Context, actions: Actions) {
  const executions = new Executions(context, actions);
  const queue = new Queue(context);
  return {
    startServerExecution: ({ params, body, idempotencyKey }, actor) =>
      executions.start({ ...body, target_servers: [params.server_id], rollout: {} }, actor, idempotencyKey),
    startExecution: ({ body, idempotencyKey }, actor) => executions.start(body, actor, idempotencyKey),
    listExecutions: ({ query }) => executions.list(query),
    previewExecution: ({ body }) => executions.preview(body),
    previewAction: ({ params, body }) => previewAction(context.database, actions, params.action_id, body),
    retryExecution: ({ params, idempotencyKey }, actor) => executions.retry(params.execution_id, actor, idempotencyKey),
    getExecution: ({ params, query }) => executions.get(params.execution_id, query.output),
    listExecutionTargets: ({ params, query }) => executions.targets(params.execution_id, query),
    getExecutionStatistics: ({ query }) => executions.statistics(query),
    cancelExecution: ({ params }, actor) => executions.cancel(params.execution_id, actor),
    getQueue: () => queue.status(),
    controlQueue: ({ body, version }, actor) => queue.control(body, version, actor),
    getExecutionLogs: ({ params, query }) => executions.logs(params.execution_id, query),
  } satisfies Partial<Handlers>;
}

function scheduleHandlers(context: Context, actions: Actions) {
  const schedules = new Schedules(context, actions);
  return {
    listSchedules: ({ query }) => schedules.list(query),
    createSchedule: ({ body }, actor, caller) => schedules.create(body, starting(actor, caller)),
    previewTiming: ({ body }) => schedules.preview(body),
    getSchedule: ({ params }) => schedules.get(params.schedule_id),
    updateSchedule: ({ params, body, version }, actor, caller) =>
      schedules.update(params.schedule_id, body, version, starting(actor, caller)),
    deleteSchedule: ({ params, version }, actor) => schedules.delete(params.schedule_id, version, actor),
    listScheduleFires: ({ params, query }) => schedules.fires(params.schedule_id, query),
  } satisfies Partial<Handlers>;
}

function workflowHandlers(context: Context, actions: Actions) {
  const workflows = new Workflows(context, actions);
  const runs = new WorkflowRuns(context, actions);
  return {
    listWorkflows: ({ query }) => workflows.list(query),
    createWorkflow: ({ body }, actor) => workflows.create(body, actor),
    validateWorkflow: ({ body }) => workflows.validate(body),
    getWorkflow: ({ params }) => workflows.get(params.workflow_id),
    updateWorkflow: ({ params, body, version }, actor) => workflows.update(params.workflow_id, body, version, actor),
    deleteWorkflow: ({ params, version }, actor) => workflows.delete(params.workflow_id, version, actor),
    startWorkflow: ({ params, body, idempotencyKey }, actor) =>
      runs.start(params.workflow_id, body, actor, idempotencyKey),
    listWorkflowRuns: ({ query }) => runs.list(query),
    getWorkflowRun: ({ params }) => runs.get(params.run_id),
    listWorkflowSteps: ({ params, query }) => runs.steps(params.run_id, query),
    cancelWorkflowRun: ({ params }, actor) => runs.cancel(params.run_id, actor),
    resumeWorkflowRun: ({ params }, actor) => runs.resume(params.run_id, actor),
    decideGate: ({ params, body }, actor, caller) =>
      runs.decide(params.run_id, params.step, body, actor, admitted(caller)),
  } satisfies Partial<Handlers>;
}

function approvalHandlers(context: Context) {
  const approvals = new Approvals(context);
  const rules = new ApprovalRules(context);
  return {
    listApprovalRules: ({ query }) => rules.list(query),
    createApprovalRule: ({ body }, actor) => rules.create(body, actor),
    getApprovalRule: ({ params }) => rules.get(params.rule_id),
    updateApprovalRule: ({ params, body, version }, actor) => rules.update(params.rule_id, body, version, actor),
    deleteApprovalRule: ({ params, version }, actor) => rules.delete(params.rule_id, version, actor),
    listApprovals: ({ query }) => approvals.list(query),
    getApproval: ({ params }) => approvals.get(params.execution_id),
    decideApproval: ({ params, body }, actor) => approvals.decide(params.execution_id, body, actor),
  } satisfies Partial<Handlers>;
}

function limitHandlers(context: Context) {
  const limits = new Limits(context);
  return {
    getLimits: (_request, _actor, caller) => limits.overview(admitted(caller)),
    setTotalLimits: ({ body, version }, actor) => limits.setTotal(body, version, actor),
    getTenantLimits: ({ params }) => limits.ofTenant(params.tenant),
    setTenantLimits: ({ params, body, version }, actor) => limits.setTenant(params.tenant, body, version, actor),
  } satisfies Partial<Handlers>;
}

function notificationHandlers(context: Context) {
  const channels = new Channels(context);
  const notifications = new Notifications(context);
  return {
    listChannels: ({ query }) => channels.list(query),
    createChannel: ({ body }, actor) => channels.create(body, actor),
    getChannel: ({ params }) => channels.get(params.channel_id),
    updateChannel: ({ params, body, version }, actor) => channels.update(params.channel_id, body, version, actor),
    deleteChannel: ({ params, version }, actor) => channels.delete(params.channel_id, version, actor),
    testChannel: ({ params }) => channels.test(params.channel_id),
    listNotificationRules: ({ query }) => notifications.listRules(query),
    createNotificationRule: ({ body }, actor) => notifications.createRule(body, actor),
    getNotificationRule: ({ params }) => notifications.getRule(params.rule_id),
    updateNotificationRule: ({ params, body, version }, actor) =>
      notifications.updateRule(params.rule_id, body, version, actor),
    deleteNotificationRule: ({ params, version }, actor) => notifications.deleteRule(params.rule_id, version, actor),
    listDeliveries: ({ query }) => notifications.deliveries(query),
    retryDelivery: ({ params }, actor) => notifications.retry(params.delivery_id, actor),
  } satisfies Partial<Handlers>;
}

function hookHandlers(context: Context) {
  const hooks = new Hooks(context);
  return {
    listHooks: ({ query }) => hooks.list(query),
    createHook: ({ body }, actor, caller) => hooks.create(body, starting(actor, caller)),
    getHook: ({ params }) => hooks.get(params.hook_id),
    updateHook: ({ params, body, version }, actor, caller) =>
      hooks.update(params.hook_id, body, version, starting(actor, caller)),
    deleteHook: ({ params, version }, actor) => hooks.delete(params.hook_id, version, actor),
    listHookCalls: ({ params, query }) => hooks.calls(params.hook_id, query),
  } satisfies Partial<Handlers>;
}

function lockHandlers(context: Context) {
  const locks = new Locks(context);
  return {
    listLocks: ({ query }) => locks.list(query),
    acquireLock: ({ body }, actor) => locks.acquire(body, actor),
    getLock: ({ params }) => locks.get(params.lock_id),
    extendLock: ({ params, body }, actor) => locks.extend(params.lock_id, body.ttl_seconds, actor),
    releaseLock: ({ params }, actor) => locks.release(params.lock_id, actor),
    forceReleaseLock: ({ params, body }, actor) => locks.forceRelease(params.lock_id, body.reason, actor),
  } satisfies Partial<Handlers>;
}

function auditHandlers(context: Context) {
  const audit = new Audit(context);
  return {
    listAudit: ({ query }) => audit.list(query),
    verifyAudit: () => audit.verify(),
  } satisfies Partial<Handlers>;
}

function accessHandlers(context: Context, logins: Logins) {
  const accounts = new Accounts(context);
  const tokens = new ApiTokens(context);
  return {
    logIn: ({ body }, actor) => logins.logIn(body, actor),
    refreshTokens: ({ body }, actor) => logins.refresh(body, actor),
    revokeTokens: ({ body }, actor) => logins.revoke(body, actor),
    bootstrap: ({ body }, actor) => logins.bootstrap(body, actor),
    whoAmI: async (_request, _actor, caller) => admitted(caller),
    listAccounts: ({ query }) => accounts.list(query),
    createAccount: ({ body }, actor) => accounts.create(body, actor),
    changeAccount: ({ params, body, version }, actor) => accounts.change(params.account_id, body, version, actor),
    deleteAccount: ({ params, version }, actor) => accounts.delete(params.account_id, version, actor),
    listApiTokens: ({ query }) => tokens.list(query),
    createApiToken: ({ body }, actor, caller) => tokens.create(body, actor, admitted(caller)),
    revokeApiToken: ({ params }, actor) => tokens.revoke(params.token_id, actor),
  } satisfies Partial<Handlers>;
}

function admitted(caller: Caller | undefined): Caller {
  if (caller === undefined) throw new ApiError("not_authenticated", "nobody was let in");
  return caller;
}

/** Whoever arranges that executions start must be allowed to start them. @throws ApiError not_permitted */
function starting(actor: Actor, caller: Caller | undefined): Actor {
  if (permits(admitted(caller), "executions:start")) return actor;
  throw new ApiError("not_permitted", "this needs the permission executions:start");
}
