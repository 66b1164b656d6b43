import { setTimeout } from "node:timers/promises";
import type { Values } from "@homeslice/plugin/values.ts";
import { z } from "zod";

const whole = z.coerce.number().int().min(0);

/** The provider inputs that the stand-in knows; any other is refused rather than ignored. */
const settingsSchema = z.strictObject({
  url: z.url(),
  /** `name:password` of an administrator. */
  auth: z.string().regex(/^[^:]+:.+$/),
  retries: whole.default(3),
  /** Seconds between repetitions. */
  retryWait: whole.default(1),
});

export type Settings = z.infer<typeof settingsSchema>;

export function parseSettings(config: Values): Settings {
  const { version: _, pluginDownloadURL: __, ...rest } = config; // the engine's own
  const settings = settingsSchema.safeParse(rest);
  if (!settings.success) throw new Error(`provider configuration: ${z.prettifyError(settings.error)}`);
  return settings.data;
}

/** Requests to Grafana, repeated where the official provider repeats them: no answer, 429 and 5xx. */
export class Api {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** What a GET answers, undefined when there is no such thing. */
  async find<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema> | undefined> {
    const { status, body } = await this.#send("GET", path, undefined);
    if (status === 404) return undefined;
    return schema.parse(JSON.parse(accepted("GET", path, status, body)));
  }

  async send(method: "POST" | "PUT", path: string, content: unknown): Promise<unknown> {
    const { status, body } = await this.#send(method, path, content);
    return JSON.parse(accepted(method, path, status, body));
  }

  /** Fine when it is gone already. */
  async delete(path: string): Promise<void> {
    const { status, body } = await this.#send("DELETE", path, undefined);
    if (status !== 404) accepted("DELETE", path, status, body);
  }

  async #send(method: string, path: string, content: unknown): Promise<{ status: number; body: string }> {
    const { url, auth, retries, retryWait } = this.#settings;
    const address = `${url}/api${path}`;
    const headers = { authorization: `Basic ${Buffer.from(auth).toString("base64")}` };
    const body = content === undefined ? {} : { body: JSON.stringify(content) };
    for (let left = retries; ; left--) {
      try {
        const response = await fetch(address, { method, headers, ...body });
        const answer = { status: response.status, body: await response.text() };
        if (left === 0 || (answer.status !== 429 && answer.status < 500)) return answer;
      } catch (error) {
        if (left === 0) throw unreachable(method, address, error);
      }
      await setTimeout(retryWait * 1000);
    }
  }
}

/** The words of the client that the official provider is built on. */
function accepted(method: string, path: string, status: number, body: string): string {
  if (status < 400) return body;
  throw new Error(`[${method} ${path}][${status}] ${body}`);
}

function unreachable(method: string, address: string, error: unknown): Error {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  const name = `${method.charAt(0)}${method.slice(1).toLowerCase()}`;
  return new Error(`${name} "${address}": ${cause}`, { cause: error });
}
