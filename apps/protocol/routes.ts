import { z } from "zod";
import { accessRoutes } from "./accessRoutes.ts";
import { actionRoutes } from "./actionRoutes.ts";
import { approvalRoutes } from "./approvalRoutes.ts";
import { AuditEvent, AuditFilter, AuditVerification } from "./audit.ts";
import { driftRoutes } from "./drift.ts";
import { executionRoutes } from "./executionRoutes.ts";
import { hookRoutes } from "./hookRoutes.ts";
import { ServerId } from "./ids.ts";
import { limitRoutes } from "./limitRoutes.ts";
import { ENROLMENT_PATH, Enrolled, Enrolment } from "./link.ts";
import { lockRoutes } from "./lockRoutes.ts";
import { notificationRoutes } from "./notificationRoutes.ts";
import { platformRoutes } from "./platform.ts";
import { pushRoutes } from "./push.ts";
import { reportRoutes } from "./reportRoutes.ts";
import { roleBindingRoutes } from "./roleBindings.ts";
import { listing, page, type Route, route, sortedBy } from "./route.ts";
import { scheduleRoutes } from "./scheduleRoutes.ts";
import { secretRoutes } from "./secretRoutes.ts";
import { BreakerOverride, NewServer, RegisteredServer, Server, ServerFilter, ServerHealth } from "./servers.ts";
import { workflowRoutes } from "./workflowRoutes.ts";

const server = z.strictObject({ server_id: ServerId });

/** Every REST route, by name. */
export const routes = {
  listServers: route({
    method: "GET",
    path: "/api/v1/servers",
    summary: "List servers",
    permission: "servers:read",
    query: ServerFilter.extend(
      listing(sortedBy("created", "hostname", "environment", "last_seen").default("-created")).shape,
    ),
    response: page(Server),
  }),
  registerServer: route({
    method: "POST",
    path: "/api/v1/servers",
    summary: "Register a server and get the token with which its agent enrols",
    permission: "servers:write",
    body: NewServer,
    status: 201,
    response: RegisteredServer,
  }),
  getServer: route({
    method: "GET",
    path: "/api/v1/servers/{server_id}",
    summary: "Show a server",
    permission: "servers:read",
    params: server,
    response: Server,
  }),
  updateServer: route({
    method: "PUT",
    path: "/api/v1/servers/{server_id}",
    summary: "Replace what people say of a server",
    permission: "servers:write",
    params: server,
    body: NewServer,
    versioned: true,
    response: Server,
  }),
  deleteServer: route({
    method: "DELETE",
    path: "/api/v1/servers/{server_id}",
    summary: "Delete a server: its agent is cut off at once and its identity is never used again",
    permission: "servers:write",
    params: server,
    status: 204,
    versioned: true,
    response: z.void(),
  }),
  getServerHealth: route({
    method: "GET",
    path: "/api/v1/servers/{server_id}/health",
    summary: "Show whether a server is connected, and what its agent measured last",
    permission: "servers:read",
    params: server,
    response: ServerHealth,
  }),
  overrideBreaker: route({
    method: "PUT",
    path: "/api/v1/servers/{server_id}/breaker",
    summary: "Hold the circuit breaker of a server open or closed, or let it work by itself again from closed",
    permission: "servers:operate",
    params: server,
    body: BreakerOverride,
    versioned: true,
    response: Server,
  }),
  enrolAgent: route({
    method: "POST",
    path: ENROLMENT_PATH,
    summary: "Register the key of an agent by a single-use token",
    permission: "public",
    body: Enrolment,
    status: 201,
    response: Enrolled,
  }),
  ...actionRoutes,
  ...executionRoutes,
  ...approvalRoutes,
  ...hookRoutes,
  ...lockRoutes,
  ...limitRoutes,
  ...notificationRoutes,
  ...platformRoutes,
  ...driftRoutes,
  ...pushRoutes,
  ...reportRoutes,
  ...scheduleRoutes,
  ...workflowRoutes,
  ...secretRoutes,
  listAudit: route({
    method: "GET",
    path: "/api/v1/audit",
    summary: "List the audit log: every change, and every attempt that was refused",
    permission: "audit:read",
    query: AuditFilter.extend(listing(sortedBy("created").default("-created")).shape),
    response: page(AuditEvent),
  }),
  verifyAudit: route({
    method: "GET",
    path: "/api/v1/audit/verification",
    summary: "Compute the chain of hashes of the whole audit log anew, and say whether it is intact",
    permission: "audit:verify",
    response: AuditVerification,
  }),
  ...accessRoutes,
  ...roleBindingRoutes,
} satisfies Record<string, Route>;

export type Routes = typeof routes;
export type RouteName = keyof Routes;

const isRouteName = (name: string): name is RouteName => Object.hasOwn(routes, name);
export const routeNames: readonly RouteName[] = Object.keys(routes).filter(isRouteName);

/** The parsed request of a route, as its handler gets it. */
export interface RequestOf<K extends RouteName> {
  readonly params: z.output<Routes[K]["params"]>;
  readonly query: z.output<Routes[K]["query"]>;
  readonly body: z.output<Routes[K]["body"]>;
}

/** What the handler of a route returns, and its client gets. */
export type ResponseOf<K extends RouteName> = z.output<Routes[K]["response"]>;

/** The same schemas, typed so that the one found by a name is known to fit that name. */
export const routeSchemas: {
  readonly [K in RouteName]: {
    readonly params: z.ZodType<RequestOf<K>["params"]>;
    readonly query: z.ZodType<RequestOf<K>["query"]>;
    readonly body: z.ZodType<RequestOf<K>["body"]>;
    readonly response: z.ZodType<ResponseOf<K>>;
  };
} = { ...routes };
