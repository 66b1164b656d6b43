import { ChannelTarget, channelSecrets, NewChannelTarget, SecretReference } from "@homeslice/protocol";
import type { Context } from "../context.ts";
import { findNamed, recordUse } from "../secrets/references.ts";

const isSecret = (type: NewChannelTarget["type"], field: string) => channelSecrets[type].includes(field);

/** What is secret about a channel and was not given. */
export function secretsMissing(target: NewChannelTarget): string[] {
  return channelSecrets[target.type].filter((field) => !Object.hasOwn(target, field));
}

/** A target with what it has kept of the one before it, if that is of the same type. */
export function withKept(target: NewChannelTarget, kept: NewChannelTarget): NewChannelTarget {
  if (target.type !== kept.type) return target;
  const secrets = Object.entries(kept).filter(([field]) => isSecret(kept.type, field));
  return NewChannelTarget.parse({ ...Object.fromEntries(secrets), ...target });
}

/** What may be shown of a target: what is secret about it is named, or left out. */
export function shownTarget(target: NewChannelTarget): NewChannelTarget {
  const shown = Object.entries(target).filter(
    ([field, value]) => !isSecret(target.type, field) || SecretReference.safeParse(value).success,
  );
  return NewChannelTarget.parse(Object.fromEntries(shown));
}

/** Where a channel goes, in a few words, without what is secret about it. */
export function shownOf(target: NewChannelTarget): string {
  if (target.type === "email") return target.to.join(", ");
  if (target.type === "browser_push") return target.users.join(", ") || "everybody's browsers";
  if (target.url === undefined) return target.type;
  return typeof target.url === "string" ? new URL(target.url).host : `the secret ${target.url.secret_name}`;
}

/**
 * Opens a target, with the values of the secrets that it names.
 * @param context of its tenant
 * @param use what the audit log is told of whoever uses those secrets
 * @throws Error when one of them cannot be had, or does not fit
 */
export async function resolve(
  context: Context,
  sealed: Buffer,
  use: Readonly<Record<string, string>>,
): Promise<ChannelTarget> {
  const target = NewChannelTarget.parse(JSON.parse(context.sealing.unseal(sealed)));
  const resolved: Record<string, unknown> = { ...target };
  for (const [field, value] of Object.entries(target)) {
    const reference = SecretReference.safeParse(value);
    if (!reference.success) continue;
    const secret = await findNamed(context, reference.data);
    resolved[field] = secret.value;
    await recordUse(context, secret, use);
  }
  const parsed = ChannelTarget.safeParse(resolved);
  if (parsed.success) return parsed.data;
  const unfit = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
  throw new Error(`a secret of the channel does not fit: ${unfit}`);
}
