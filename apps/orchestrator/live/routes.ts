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
import { findExecution } from "../executions/queries.ts";
import { Follower } from "./follower.ts";

type Authenticate = (request: FastifyRequest) => Promise<Caller | undefined>;

/** Adds the WebSocket routes: the agents' link and the live view of an execution. */
export async function addWebSockets(
  app: FastifyInstance,
  context: Context,
  links: LinkServer,
  authenticate: Authenticate,
): Promise<void> {
  await app.register(websocket, { options: { maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false } });
  app.get(LINK_PATH, { websocket: true }, (socket, request) => links.serve(socket, request.ip));
  app.get("/ws/executions/:execution_id", { websocket: true }, (socket, request) => {
    serveExecution(context, socket, request, authenticate).catch((error: unknown) => {
      context.log.error({ err: error }, "a live view failed");
      socket.close(1011, "internal error");
    });
  });
}

async function serveExecution(
  context: Context,
  socket: WebSocket,
  request: FastifyRequest,
  authenticate: Authenticate,
): Promise<void> {
  // Messages may arrive while the caller is looked up: the listener has to be there from the start.
  const first = new Promise<string>((resolve) => socket.once("message", (data) => resolve(String(data))));
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const caller = await authenticate(request);
  if (caller === undefined) return socket.close(closeCode.not_authenticated, "a valid bearer token is needed");
  const id = ExecutionId.safeParse(Object(request.params)["execution_id"]);
  const own = inTenant(context, caller.tenant);
  if (!id.success || (await findExecution(own.database, id.data)) === undefined) {
    return socket.close(closeCode.not_found, "there is no such execution");
  }
  const message = parseMessage(await Promise.race([first, closed.then(() => "")]));
  if (message === undefined) return socket.close(closeCode.invalid_message, "expected: follow");
  if (!permits(caller.role, followPermissions[message.type])) {
    return socket.close(closeCode.not_permitted, "not permitted");
  }
  const follower = new Follower(own, id.data, message.after, (live) => deliver(socket, live));
  follower.start();
  await closed;
  await follower.stop();
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
