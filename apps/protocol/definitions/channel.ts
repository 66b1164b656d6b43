import { z } from "zod";
import { everything } from "../client.ts";
import { channelSecrets, NewChannelTarget } from "../notifications.ts";
import { SecretReference } from "../secretReference.ts";
import { kindOf } from "./kind.ts";
import type { Reference } from "./session.ts";

const PortableTarget = NewChannelTarget.superRefine((target, context) => {
  const message = "is secret, so it belongs in no file: name a secret of the orchestrator, { secret_name: … }";
  for (const field of channelSecrets[target.type]) {
    const value: unknown = Object.entries(target).find(([name]) => name === field)?.[1];
    if (value === undefined || SecretReference.safeParse(value).success) continue;
    context.addIssue({ code: "custom", path: [field], message });
  }
});

/** Channels of notifications: what is secret about them is named, or kept where they are. */
export const channel = kindOf({
  schema: z.strictObject({ target: PortableTarget }),
  references: ({ target }) => Object.values(target).flatMap(secretOf),
  list: async ({ client }) =>
    (await everything((query) => client.call("listChannels", { query }))).map(
      ({ channel_id, name, version, target }) => ({ id: channel_id, name, version, spec: { target } }),
    ),
  create: async ({ client }, body) => (await client.call("createChannel", { body })).channel_id,
  update: async ({ client }, { id, version }, body) => {
    await client.call("updateChannel", { params: { channel_id: id }, body, version });
  },
  remove: async ({ client }, { id, version }) => {
    await client.call("deleteChannel", { params: { channel_id: id }, version });
  },
});

/** The secret that something names, if it does. */
export function secretOf(value: unknown): Reference[] {
  const reference = SecretReference.safeParse(value);
  return reference.success ? [{ kind: "Secret", name: reference.data.secret_name }] : [];
}
