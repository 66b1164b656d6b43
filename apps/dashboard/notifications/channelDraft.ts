import type { Channel } from "@homeslice/protocol/notifications.ts";
import { type CredentialDraft, credentialDraftOf, credentialOf } from "../starts/credentialDraft.ts";
import { words } from "../starts/words.ts";

/** What stands in the fields of a channel. */
export interface ChannelDraft {
  readonly name: string;
  readonly type: Channel["type"];
  readonly url: CredentialDraft;
  readonly secret: CredentialDraft;
  readonly to: string;
  readonly routingKey: CredentialDraft;
}

/** The fields of a channel that is there, without what is secret about it and not named; of a new one without it. */
export function channelDraftOf(channel?: Channel): ChannelDraft {
  const target: Readonly<Record<string, unknown>> = channel?.target ?? {};
  return {
    name: channel?.name ?? "",
    type: channel?.type ?? "webhook",
    url: credentialDraftOf(target["url"]),
    secret: credentialDraftOf(target["secret"]),
    to: recipientsOf(channel?.target).join(" "),
    routingKey: credentialDraftOf(target["routing_key"]),
  };
}

function recipientsOf(target: Channel["target"] | undefined): readonly string[] {
  if (target?.type === "email") return target.to;
  return target?.type === "browser_push" ? target.users : [];
}

/** The channel that the fields say, as it is sent. What is secret is left out where its field is empty: it stays what it is. */
export function channelOf(draft: ChannelDraft, before?: Channel): object {
  return { name: draft.name.trim(), target: targetOf(draft, before) };
}

function targetOf({ type, url, secret, to, routingKey }: ChannelDraft, before: Channel | undefined): object {
  switch (type) {
    case "webhook":
      return { type, ...given("url", url), ...given("secret", secret) };
    case "slack":
      return { type, ...given("url", url) };
    case "email":
      return { type, to: words(to) };
    case "browser_push":
      return { type, users: words(to) };
    case "pagerduty": {
      const kept = before?.target.type === type ? { url: before.target.url } : {};
      return { type, ...given("routing_key", routingKey), ...kept };
    }
  }
}

function given(name: string, draft: CredentialDraft): object {
  const credential = credentialOf(draft);
  return credential === undefined ? {} : { [name]: credential };
}
