import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";

const Started = z.object({ execution_id: z.string() });

/**
 * Starts executions, and does nothing else with its processor: what a client takes of it, to look at answers for example,
 * is taken from what is measured.
 */
export class Submitter {
  readonly #url: URL;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #token: string;

  /** @param url of the orchestrator */
  constructor(url: string, token: string) {
    this.#url = new URL("/api/v1/executions", url);
    this.#token = token;
  }

  /** Starts a command on a server. @returns the id of the execution */
  async start(serverId: string, argv: readonly string[]): Promise<string> {
    const body = JSON.stringify({ target_servers: [serverId], operation: { type: "shell_command", argv } });
    const headers = {
      authorization: `Bearer ${this.#token}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(this.#url, { method: "POST", agent: this.#agent, headers }, resolve).on("error", reject).end(body);
    });
    return Started.parse(JSON.parse(await text(answer))).execution_id;
  }

  close(): void {
    this.#agent.destroy();
  }
}
