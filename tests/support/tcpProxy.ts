import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { z } from "zod";

/** Passes TCP connections on, and breaks them as networks do: without a word. */
export class TcpProxy {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #targets: readonly number[];
  #turn = 0;
  #frozen = false;

  /** @param targets ports of 127.0.0.1 that connections go to, in turn */
  static async open(targets: readonly number[]): Promise<TcpProxy> {
    const proxy = new TcpProxy(targets);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  private constructor(targets: readonly number[]) {
    this.#targets = targets;
    this.#server = createServer((near) => this.#pass(near));
  }

  get port(): number {
    return z.object({ port: z.int() }).parse(this.#server.address()).port;
  }

  /** Where new connections go from now on. */
  aim(targets: readonly number[]): void {
    this.#targets = targets;
  }

  /** Nothing passes any more, and nobody is told: every connection is half open, and new ones lead nowhere. */
  freeze(): void {
    this.#frozen = true;
    for (const pair of this.#pairs) halt(pair);
  }

  /** Connections go on where they were. */
  thaw(): void {
    this.#frozen = false;
    for (const pair of this.#pairs) join(pair);
  }

  /** Nothing will ever pass over the connections that there are, and nobody is told; new ones are as good as any. */
  strand(): void {
    for (const pair of this.#pairs) halt(pair);
  }

  /** Ends every connection. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.cut();
  }

  #pass(near: Socket): void {
    const target = this.#targets[this.#turn++ % this.#targets.length];
    if (target === undefined) {
      near.destroy();
      return;
    }
    const pair = [near, connect(target, "127.0.0.1")] as const;
    this.#pairs.add(pair);
    for (const socket of pair) {
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        this.#pairs.delete(pair);
        for (const one of pair) one.destroy();
      });
    }
    if (!this.#frozen) join(pair);
  }
}

type Pair = readonly [Socket, Socket];

function join([near, far]: Pair): void {
  near.pipe(far);
  far.pipe(near);
}

function halt([near, far]: Pair): void {
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    from.unpipe(to);
    from.pause();
  }
}
