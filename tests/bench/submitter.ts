import { connect, type Socket } from "node:net";
import { z } from "zod";

const Started = z.object({ execution_id: z.string() });
const END_OF_HEADERS = "\r\n\r\n";

/**
 * Starts executions over a connection that stays open, and does nothing else with its processor: what a client takes of it
 * to put requests together, and to look at answers, is taken from what is measured.
 */
export class Submitter {
  readonly #socket: Socket;
  readonly #head: string;
  #answered: PromiseWithResolvers<string> | undefined;
  #received = "";

  /** @param url of the orchestrator */
  constructor(url: string, token: string) {
    const { hostname, port, host } = new URL(url);
    this.#head = [
      "POST /api/v1/executions HTTP/1.1",
      `host: ${host}`,
      `authorization: Bearer ${token}`,
      "content-type: application/json",
      "content-length: ",
    ].join("\r\n");
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on("data", (bytes) => this.#take(bytes.toString("latin1")));
    this.#socket.on("error", (error) => this.#answered?.reject(error));
    this.#socket.on("close", () => this.#answered?.reject(new Error("the orchestrator has closed the connection")));
  }

  /** Starts a command on a server. @returns the id of the execution */
  async start(serverId: string, argv: readonly string[]): Promise<string> {
    const body = JSON.stringify({ target_servers: [serverId], operation: { type: "shell_command", argv } });
    const answered = Promise.withResolvers<string>();
    this.#answered = answered;
    this.#socket.write(`${this.#head}${Buffer.byteLength(body)}${END_OF_HEADERS}${body}`);
    return Started.parse(JSON.parse(await answered.promise)).execution_id;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received += text;
    const headers = this.#received.slice(0, this.#received.indexOf(END_OF_HEADERS) + END_OF_HEADERS.length);
    const length = /^content-length: (\d+)\r$/im.exec(headers)?.[1];
    if (length === undefined || this.#received.length < headers.length + Number(length)) return;
    this.#answered?.resolve(this.#received.slice(headers.length));
    this.#received = "";
  }
}
