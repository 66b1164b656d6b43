import { Permission, permits, Role, type RouteName, routeNames, routes } from "@homeslice/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Installation } from "./harness.ts";

let installation: Installation;
let url: string;

beforeAll(async () => {
  installation = await Installation.create();
  ({ url } = await installation.start());
});

afterAll(async () => await installation.destroy());

/** The weakest role that may use each route, written down a second time: a new route does not compile without its line. */
const weakest: Record<RouteName, Role | "public"> = {
  enrolAgent: "public",
  logIn: "public",
  refreshTokens: "public",
  revokeTokens: "public",
  bootstrap: "public",
  whoAmI: "viewer",
  listServers: "viewer",
  getServer: "viewer",
  getServerHealth: "viewer",
  getPlatform: "viewer",
  listDriftChecks: "viewer",
  getServerMetrics: "viewer",
  listActions: "viewer",
  getAction: "viewer",
  checkAction: "viewer",
  validateAction: "viewer",
  previewAction: "viewer",
  listActionVersions: "viewer",
  getActionVersion: "viewer",
  compareActionVersions: "viewer",
  restoreActionVersion: "admin",
  listExecutions: "viewer",
  getExecution: "viewer",
  listExecutionTargets: "viewer",
  getExecutionStatistics: "viewer",
  getExecutionLogs: "viewer",
  getQueue: "viewer",
  listLocks: "viewer",
  getLock: "viewer",
  listSchedules: "viewer",
  listWorkflows: "viewer",
  getWorkflow: "viewer",
  validateWorkflow: "viewer",
  listWorkflowRuns: "viewer",
  getWorkflowRun: "viewer",
  listWorkflowSteps: "viewer",
  startWorkflow: "operator",
  cancelWorkflowRun: "operator",
  resumeWorkflowRun: "operator",
  decideGate: "operator",
  createWorkflow: "admin",
  updateWorkflow: "admin",
  deleteWorkflow: "admin",
  listHooks: "viewer",
  getHook: "viewer",
  listHookCalls: "viewer",
  createHook: "admin",
  updateHook: "admin",
  deleteHook: "admin",
  listSecrets: "viewer",
  getSecret: "viewer",
  createSecret: "admin",
  updateSecret: "admin",
  deleteSecret: "admin",
  resealSecrets: "admin",
  listChannels: "viewer",
  getChannel: "viewer",
  listNotificationRules: "viewer",
  getNotificationRule: "viewer",
  listDeliveries: "viewer",
  createChannel: "admin",
  updateChannel: "admin",
  deleteChannel: "admin",
  testChannel: "admin",
  createNotificationRule: "admin",
  updateNotificationRule: "admin",
  deleteNotificationRule: "admin",
  retryDelivery: "admin",
  getPushKey: "viewer",
  subscribePush: "viewer",
  unsubscribePush: "viewer",
  listReports: "viewer",
  listReportSchedules: "viewer",
  getReportSchedule: "viewer",
  createReportSchedule: "admin",
  updateReportSchedule: "admin",
  deleteReportSchedule: "admin",
  listApprovalRules: "viewer",
  getApprovalRule: "viewer",
  listApprovals: "viewer",
  getApproval: "viewer",
  decideApproval: "approver",
  createApprovalRule: "admin",
  updateApprovalRule: "admin",
  deleteApprovalRule: "admin",
  getSchedule: "viewer",
  listScheduleFires: "viewer",
  previewTiming: "viewer",
  createSchedule: "operator",
  updateSchedule: "operator",
  deleteSchedule: "operator",
  startExecution: "operator",
  startServerExecution: "operator",
  cancelExecution: "operator",
  previewExecution: "operator",
  retryExecution: "operator",
  overrideBreaker: "operator",
  reportDrift: "operator",
  acquireLock: "operator",
  extendLock: "operator",
  releaseLock: "operator",
  forceReleaseLock: "admin",
  controlQueue: "admin",
  getLimits: "viewer",
  setTotalLimits: "admin",
  getTenantLimits: "admin",
  setTenantLimits: "admin",
  registerServer: "admin",
  updateServer: "admin",
  deleteServer: "admin",
  createAction: "admin",
  addSampleActions: "admin",
  updateAction: "admin",
  deleteAction: "admin",
  listAccounts: "admin",
  createAccount: "admin",
  changeAccount: "admin",
  deleteAccount: "admin",
  listRoleBindings: "admin",
  createRoleBinding: "admin",
  getRoleBinding: "admin",
  updateRoleBinding: "admin",
  deleteRoleBinding: "admin",
  listApiTokens: "admin",
  createApiToken: "admin",
  revokeApiToken: "admin",
  listAudit: "admin",
  verifyAudit: "admin",
};

/** What all tenants share: only the people of the default tenant may. */
const ofInstallation: readonly RouteName[] = [
  "verifyAudit",
  "setTotalLimits",
  "getTenantLimits",
  "setTenantLimits",
  "resealSecrets",
  "getPlatform",
  "listDriftChecks",
  "reportDrift",
];

const unknownId = "00000000-0000-7000-8000-000000000000";

async function statusOf(name: RouteName, role: Role, tenant: string): Promise<number> {
  const { method, path } = routes[name];
  const token = await installation.token(role, tenant);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  // A body that no route takes: whoever is let in gets no further than that.
  const body = method === "GET" || method === "DELETE" ? {} : { body: '{"nothing":"of this kind"}' };
  const target = path.replaceAll(/\{\w+\}/g, unknownId);
  return (await fetch(url + target, { method, headers, ...body })).status;
}

describe("every route is open to the roles that are written down, and to no other", () => {
  const cases = routeNames.flatMap((name) => Role.options.map((role) => ({ name, role, least: weakest[name] })));
  test.each(cases)("$name as $role", async ({ name, role, least }) => {
    const may = least === "public" || Role.options.indexOf(role) >= Role.options.indexOf(least);
    for (const tenant of ["default", "other"]) {
      const allowed = may && (tenant === "default" || !ofInstallation.includes(name));
      const status = await statusOf(name, role, tenant);
      expect([tenant, status === 403]).toEqual([tenant, !allowed]);
      if (least !== "public") expect(status).not.toBe(401);
    }
  });
});

test("a stronger role may do all that a weaker one may, and an admin of the default tenant everything", () => {
  for (const [index, role] of Role.options.entries()) {
    for (const weaker of Role.options.slice(0, index)) {
      for (const permission of Permission.options) {
        const [strong, weak] = [role, weaker].map((r) => permits({ role: r, tenant: "default" }, permission));
        expect(strong || !weak).toBe(true);
      }
    }
  }
  const missing = Permission.options.filter((permission) => !permits({ role: "admin", tenant: "default" }, permission));
  expect(missing).toEqual([]);
});

test("every role is refused with an entry in its tenant's audit log", async () => {
  await statusOf("deleteServer", "viewer", "refused-here");
  const admin = await installation.client(url, "admin", "refused-here");
  const { items } = await admin.call("listAudit", { query: { event_type: "request.refused" } });
  expect(items.map(({ resource, actor }) => [resource.id, actor.id])).toEqual([
    ["DELETE /api/v1/servers/:server_id", "test viewer"],
  ]);
});
