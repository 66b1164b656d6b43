import websocket from "@fastify/websocket";
import {
  type Caller,
  closeCode,
  ExecutionId,
  FollowMessage,
  FollowRunMessage,
  FollowServersMessage,
  followPermissions,
  followRunPermissions,
  followServersPermissions,
  LINK_PATH,
  type LiveMessage,
  type LiveRunMessage,
  type LiveServersMessage,
  MAX_FRAME_BYTES,
  type Permission,
  permits,
  WorkflowRunId,
} from "@homeslice/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { WebSocket } from "ws";
import type { z } from "zod";
import type { LinkServer } from "../agents/link.ts";
import { type Context, inTenant } from "../context.ts";
import { findStart } from "../executions/repository.ts";
import type { Admission } from "../http/admission.ts";
import { findRun } from "../workflows/repository.ts";
import { Follower } from "./follower.ts";
import { SocketGuard } from "./guard.ts";
import { RunFollower } from "./runFollower.ts";
import { ServerWatches } from "./serverWatch.ts";

/** Adds the WebSocket routes: the agents' link and the live views. */
export async function addWebSockets(
  app: FastifyInstance,
  context: Context,
  links: LinkServer,
  admission: Admission,
): Promise<void> {
  await app.register(websocket, { options: { maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false } });
  const guard = new SocketGuard(context, admission);
  app.get(LINK_PATH, { websocket: true, config: { access: "agent" } }, (socket, request) =>
    links.serve(socket, request.ip),
  );
  const watches = new ServerWatches(context);
  app.get(
    "/ws/executions/:execution_id",
    { websocket: true, config: { access: "executions:read" } },
    (socket, request) =>
      guard.serve(socket, request, "execution", (caller, messages) =>
        serveExecution(context, socket, request, caller, messages),
      ),
  );
  app.get("/ws/workflow-runs/:run_id", { websocket: true, config: { access: "workflows:read" } }, (socket, request) =>
    guard.serve(socket, request, "workflow_run", (caller, messages) =>
      serveRun(context, socket, request, caller, messages),
    ),
  );
  app.get("/ws/servers/status", { websocket: true, config: { access: "servers:read" } }, (socket, request) =>
    guard.serve(socket, request, "servers", async (caller, messages) => {
      const permissions = followServersPermissions;
      await serveFollow({ socket, caller, messages, schema: FollowServersMessage, permissions }, () =>
        watches.of(caller.tenant).follow((message) => send(socket, message)),
      );
    }),
  );
}

/** Shows an execution to whoever asks for it by its first message. */
async function serveExecution(
  context: Context,
  socket: WebSocket,
  request: FastifyRequest,
  caller: Caller,
  messages: AsyncIterable<string>,
): Promise<void> {
  const id = ExecutionId.safeParse(Object(request.params)["execution_id"]);
  const own = inTenant(context, caller.tenant);
  if (!id.success || (await findStart(own.database, id.data)) === undefined) {
    return socket.close(closeCode.not_found, "there is no such execution");
  }
  const permissions = followPermissions;
  await serveFollow({ socket, caller, messages, schema: FollowMessage, permissions }, ({ after }) =>
    begin(new Follower(own, id.data, after, sendUntilEnd(socket, "the execution has ended"))),
  );
}

/** Shows a run of a workflow to whoever asks for it by its first message. */
async function serveRun(
  context: Context,
  socket: WebSocket,
  request: FastifyRequest,
  caller: Caller,
  messages: AsyncIterable<string>,
): Promise<void> {
  const id = WorkflowRunId.safeParse(Object(request.params)["run_id"]);
  const own = inTenant(context, caller.tenant);
  if (!id.success || (await findRun(own.database, id.data)) === undefined) {
    return socket.close(closeCode.not_found, "there is no such run");
  }
  await serveFollow({ socket, caller, messages, schema: FollowRunMessage, permissions: followRunPermissions }, () =>
    begin(new RunFollower(own, id.data, sendUntilEnd(socket, "the run has ended"))),
  );
}

interface Following<Message extends { type: string }> {
  readonly socket: WebSocket;
  readonly caller: Caller;
  readonly messages: AsyncIterable<string>;
  readonly schema: z.ZodType<Message>;
  readonly permissions: Readonly<Record<Message["type"], Permission>>;
}

/**
 * Lets a client follow something by its first message; a second one is a mistake.
 * @param begin begins to send. @returns what ends it
 */
async function serveFollow<Message extends { type: string }>(
  { socket, caller, messages, schema, permissions }: Following<Message>,
  begin: (message: Message) => () => Promise<void>,
): Promise<void> {
  let end: (() => Promise<void>) | undefined;
  try {
    for await (const text of messages) {
      const message = parseMessage(schema, text);
      if (message === undefined || end !== undefined) {
        return socket.close(closeCode.invalid_message, "expected: follow, once");
      }
      const type: Message["type"] = message.type;
      if (!permits(caller, permissions[type])) return socket.close(closeCode.not_permitted, "not permitted");
      end = begin(message);
    }
  } finally {
    await end?.();
  }
}

function parseMessage<Message>(schema: z.ZodType<Message>, text: string): Message | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** @returns what ends it */
function begin(follower: Follower | RunFollower): () => Promise<void> {
  follower.start();
  return () => follower.stop();
}

/** Sends, and closes the socket after the last message. */
function sendUntilEnd(socket: WebSocket, reason: string) {
  return async (message: LiveMessage | LiveRunMessage): Promise<void> => {
    await send(socket, message);
    if (message.type === "end") socket.close(1000, reason);
  };
}

/** Sends, and waits until the message has left this process; a socket that is gone takes everything. */
async function send(socket: WebSocket, message: LiveMessage | LiveRunMessage | LiveServersMessage): Promise<void> {
  await new Promise<void>((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    socket.send(JSON.stringify(message), () => resolve());
  });
}
