import websocket from "@fastify/websocket";
import {
  type Caller,
  closeCode,
  ExecutionId,
  FollowMessage,
  followPermissions,
  LINK_PATH,
  type LiveMessage,
  MAX_FRAME_BYTES,
  permits,
} from "@homeslice/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { WebSocket } from "ws";
import type { LinkServer } from "../agents/link.ts";
import { type Context, inTenant } from "../context.ts";
import { findStart } from "../executions/repository.ts";
import type { Admission } from "../http/admission.ts";
import type { RateLimits } from "../http/rateLimits.ts";
import { Follower } from "./follower.ts";
import { SocketGuard } from "./guard.ts";

/** Adds the WebSocket routes: the agents' link and the live view of an execution. */
export async function addWebSockets(
  app: FastifyInstance,
  context: Context,
  links: LinkServer,
  admission: Admission,
  limits: RateLimits,
): Promise<void> {
  await app.register(websocket, { options: { maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false } });
  const guard = new SocketGuard(context, admission, limits);
  app.get(LINK_PATH, { websocket: true, config: { access: "agent" } }, (socket, request) =>
    links.serve(socket, request.ip),
  );
  const live = { websocket: true, config: { access: "executions:read" } } as const;
  app.get("/ws/executions/:execution_id", live, (socket, request) => {
    guard.serve(socket, request, (caller, messages) => serveExecution(context, socket, request, caller, messages));
  });
}

/** Shows an execution to whoever asks for it by its first message; a second one is a mistake. */
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
  let follower: Follower | undefined;
  try {
    for await (const text of messages) {
      const message = parseMessage(text);
      if (message === undefined || follower !== undefined) {
        return socket.close(closeCode.invalid_message, "expected: follow, once");
      }
      if (!permits(caller, followPermissions[message.type])) {
        return socket.close(closeCode.not_permitted, "not permitted");
      }
      follower = new Follower(own, id.data, message.after, (live) => deliver(socket, live));
      follower.start();
    }
  } finally {
    await follower?.stop();
  }
}

function parseMessage(text: string): FollowMessage | undefined {
  try {
    return FollowMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Sends, and waits until the message has left this process; a socket that is gone takes everything. */
async function deliver(socket: WebSocket, message: LiveMessage): Promise<void> {
  await new Promise<void>((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    socket.send(JSON.stringify(message), () => resolve());
  });
  if (message.type === "end") socket.close(1000, "the execution has ended");
}
