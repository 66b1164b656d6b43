/**
 * `/ws/executions/{id}`: the client sends `follow` once, with the last sequence number that it holds of each server;
 * the server sends the state, every later line once and in order, and `end` after the last line of the last server.
 */
import { z } from "zod";
import type { Permission } from "./access.ts";
import { Execution, LogEntry } from "./executions.ts";
import { ServerId } from "./ids.ts";
import { Server } from "./servers.ts";
import { WorkflowRun } from "./workflows.ts";

export const FollowMessage = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("follow"),
    after: z.record(z.uuid(), z.int().nonnegative()).default({}).meta({ description: "server_id → last seq held" }),
  }),
]);
export type FollowMessage = z.infer<typeof FollowMessage>;

/** The permission that each message of a client needs; checked for every message, not only at the handshake. */
export const followPermissions: Record<FollowMessage["type"], Permission> = { follow: "executions:read" };

export const LiveMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("execution"), execution: Execution }),
  z.object({ type: z.literal("log"), entries: z.array(LogEntry).min(1) }),
  z.object({ type: z.literal("end"), execution: Execution }),
]);
export type LiveMessage = z.infer<typeof LiveMessage>;

/** What changes of a server by itself. */
export const LiveServer = Server.pick({ server_id: true, version: true, status: true, breaker: true });
export type LiveServer = z.infer<typeof LiveServer>;

/** What a client of `/ws/servers/status` sends, once. */
export const FollowServersMessage = z.discriminatedUnion("type", [z.strictObject({ type: z.literal("follow") })]);
export type FollowServersMessage = z.infer<typeof FollowServersMessage>;
export const followServersPermissions: Record<FollowServersMessage["type"], Permission> = { follow: "servers:read" };

/**
 * `/ws/servers/status`: first every server of the tenant, then each that is new or has changed, within a second. There
 * is nothing to resume: a new connection begins with all of them.
 */
export const LiveServersMessage = z.object({
  type: z.literal("servers"),
  servers: z.array(LiveServer),
  gone: z.array(ServerId).meta({ description: "Servers that were deleted" }),
});
export type LiveServersMessage = z.infer<typeof LiveServersMessage>;

/** What a client of `/ws/workflow-runs/{id}` sends, once. */
export const FollowRunMessage = z.discriminatedUnion("type", [z.strictObject({ type: z.literal("follow") })]);
export type FollowRunMessage = z.infer<typeof FollowRunMessage>;
export const followRunPermissions: Record<FollowRunMessage["type"], Permission> = { follow: "workflows:read" };

/**
 * `/ws/workflow-runs/{id}`: the run with all of its steps, at first and whenever one of them has moved, within a second;
 * then `end`. There is nothing to resume: a new connection begins with the run as it is.
 */
export const LiveRunMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("run"), run: WorkflowRun }),
  z.object({ type: z.literal("end"), run: WorkflowRun }),
]);
export type LiveRunMessage = z.infer<typeof LiveRunMessage>;
