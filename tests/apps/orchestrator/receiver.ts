import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll } from "vitest";

/** What a receiver of notifications got. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of notifications over HTTP. It ends with the tests of its file. */
export class Receiver {
  readonly got: Received[] = [];
  /** What it answers, and where it sends the caller on to. */
  answer: { status: number; location?: string } = { status: 200 };
  readonly url: string;

  static async start(): Promise<Receiver> {
    let receiver: Receiver | undefined;
    const server = createServer(async (request, response) => {
      receiver?.got.push({ headers: request.headers, body: await text(request) });
      const { status, location } = receiver?.answer ?? { status: 503 };
      response.writeHead(status, location === undefined ? {} : { location }).end("an answer that nobody is to see");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    afterAll(() => server.close());
    const address: AddressInfo | string | null = server.address();
    if (address === null || typeof address === "string") throw new Error("it listens nowhere");
    receiver = new Receiver(`http://127.0.0.1:${address.port}/hook`);
    return receiver;
  }

  private constructor(url: string) {
    this.url = url;
  }
}
