import {
  type Actor,
  ApiError,
  type Channel,
  type NewChannel,
  NewChannelTarget,
  type RequestOf,
  type ResponseOf,
} from "@homeslice/protocol";
import { z } from "zod";
import type { Context } from "../context.ts";
import { type Definition, Definitions, metadataOf, type NewDefinition } from "../definitions/definitions.ts";
import { findSealed } from "./deliveries.ts";
import { send } from "./senders/index.ts";
import { resolve, secretsMissing, shownOf, shownTarget, withKept } from "./target.ts";

/** Channels of notifications: looking after them. */
export class Channels {
  readonly #context: Context;
  readonly #definitions: Definitions;

  constructor(context: Context) {
    this.#context = context;
    this.#definitions = new Definitions(context, {
      table: "notification_channels",
      id: "channel_id",
      noun: "notification channel",
      resource: "notification_channel",
    });
  }

  async list(query: RequestOf<"listChannels">["query"]): Promise<ResponseOf<"listChannels">> {
    const { rows, next_cursor } = await this.#definitions.list(query);
    return { items: rows.map(toChannel), next_cursor };
  }

  /** @throws ApiError not_found */
  async get(channelId: string): Promise<Channel> {
    return toChannel(await this.#definitions.get(channelId));
  }

  /** @throws ApiError invalid_request without its secrets, conflict when the name is taken */
  async create(channel: NewChannel, actor: Actor): Promise<Channel> {
    return toChannel(await this.#definitions.create(this.#store(channel), actor));
  }

  /** @throws ApiError not_found, precondition_failed, conflict when the name is taken */
  async update(channelId: string, channel: NewChannel, version: number | undefined, actor: Actor): Promise<Channel> {
    await this.get(channelId);
    const sealed = await findSealed(this.#context.database, channelId);
    const kept = sealed && NewChannelTarget.parse(JSON.parse(this.#context.sealing.unseal(sealed)));
    const target = kept === undefined ? channel.target : withKept(channel.target, kept);
    return toChannel(await this.#definitions.update(channelId, this.#store({ ...channel, target }), version, actor));
  }

  /** @throws ApiError not_found, precondition_failed */
  async delete(channelId: string, version: number | undefined, actor: Actor): Promise<void> {
    await this.#definitions.delete(channelId, version, actor);
  }

  /** Sends something now, to see whether it arrives. @throws ApiError not_found */
  async test(channelId: string): Promise<ResponseOf<"testChannel">> {
    const { name } = await this.get(channelId);
    const { database, now } = this.#context;
    const sealed = await findSealed(database, channelId);
    if (sealed === undefined) return { sent: false, error: "the channel was just deleted" };
    const message = {
      id: crypto.randomUUID(),
      event: "test",
      severity: "info",
      at: now(),
      title: "A test",
      text: `The channel "${name}" works.`,
      fields: {},
    } as const;
    try {
      await send(this.#context, await resolve(this.#context, sealed, { channel_id: channelId }), message);
      return { sent: true, error: null };
    } catch (error) {
      return { sent: false, error: error instanceof Error ? error.message : String(error) };
    }
  }

  #store({ name, target }: NewChannel): NewDefinition {
    const missing = secretsMissing(target);
    if (missing.length > 0) {
      const errors = missing.map((field) => ({ path: `body.target.${field}`, message: "is needed" }));
      const fix = "give it, or name a secret of the orchestrator: { secret_name: … }";
      throw new ApiError("invalid_request", "the channel lacks what is secret about it", { errors, fix });
    }
    const sealed = this.#context.sealing.seal(JSON.stringify(target));
    return { name, definition: { type: target.type, shown: shownOf(target), target: shownTarget(target) }, sealed };
  }
}

const Shown = z.object({
  type: z.enum(["webhook", "slack", "email", "pagerduty", "browser_push"]),
  shown: z.string(),
  // What was stored by an earlier version has none.
  target: NewChannelTarget.optional(),
});

function toChannel(row: Definition): Channel {
  const { id: channel_id, name, version } = row;
  const { type, shown, target = earlierTarget(type, shown) } = Shown.parse(row.definition);
  return { channel_id, name, type, shown, target, version, metadata: metadataOf(row) };
}

function earlierTarget(type: Channel["type"], shown: string): NewChannelTarget {
  return NewChannelTarget.parse(type === "email" ? { type, to: shown.split(", ") } : { type });
}
