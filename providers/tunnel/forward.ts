import { Duplex, PassThrough, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { type KubeConfig, PortForward } from "@kubernetes/client-node";
import type { WebSocket } from "ws";
import { dialer } from "./dial.ts";
import { messageOf, TunnelError, tunnelError } from "./errors.ts";
import type { Pod } from "./pod.ts";

/**
 * Connects to a port of a pod by way of the API server. That the stream is there does not mean that anything listens on
 * the port: when nothing does, the stream breaks off with the error. Ending the writing side ends the connection.
 *
 * @throws TunnelError
 */
export async function openForward(config: KubeConfig, pod: Pod, timeoutMs: number): Promise<Duplex> {
  const where = `pod ${pod.name} in ${pod.namespace}, port ${pod.port}`;
  let socket: Pick<WebSocket, "pause" | "resume" | "terminate"> | undefined;
  const toPod = new PassThrough();
  const complaints = new PassThrough();
  const stream = new Duplex({
    read: () => socket?.resume(),
    write: (chunk, _encoding, done) => void toPod.write(chunk, done),
    final: (done) => void toPod.end(done),
    destroy: (error, done) => {
      socket?.terminate();
      done(error);
    },
  });
  const fromPod = new Writable({
    write: (chunk, _encoding, done) => {
      if (!stream.push(chunk)) socket?.pause();
      done();
    },
  });
  const opened = await open(config, pod, where, timeoutMs, { fromPod, toPod, complaints });
  const complaint = text(complaints);
  opened.once("close", async () => {
    complaints.end();
    const told = messageOf(await complaint);
    if (told) stream.destroy(new TunnelError("tunnel.failed", where, told));
    else stream.push(null);
  });
  socket = opened;
  return stream;
}

interface Streams {
  readonly fromPod: Writable;
  readonly toPod: PassThrough;
  readonly complaints: PassThrough;
}

async function open(config: KubeConfig, pod: Pod, where: string, timeoutMs: number, streams: Streams) {
  const library = new PortForward(config, false, dialer(config, where, timeoutMs));
  const { fromPod, toPod, complaints } = streams;
  try {
    const socket = await library.portForward(pod.namespace, pod.name, [pod.port], fromPod, complaints, toPod);
    if (typeof socket === "function") throw new Error("the library opens the connection later");
    return socket;
  } catch (error) {
    throw tunnelError(where, error);
  }
}
