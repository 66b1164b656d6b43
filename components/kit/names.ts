import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** The longest name that every kind of Kubernetes object accepts: a label of RFC 1123. */
const MAX_LENGTH = 63;
const HASH_LENGTH = 8;

/**
 * A name for a Kubernetes object made of the parts, joined by hyphens. What RFC 1123 does not allow, or has no room for,
 * is left out; a hash of the original then keeps different originals different.
 */
export function objectName(...parts: readonly string[]): string {
  const wanted = parts.join("-");
  const allowed = trimHyphens(wanted.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"));
  return allowed === wanted && wanted.length <= MAX_LENGTH ? wanted : withSuffix(allowed, hashOf(wanted));
}

/** A name that changes with the content, so that whatever names it is renewed when the content changes. */
export function contentName<Content>(name: string, content: pulumi.Input<Content>): pulumi.Output<string> {
  return pulumi.output(content).apply((value) => withSuffix(name, hashOf(JSON.stringify(value))));
}

function withSuffix(name: string, suffix: string): string {
  const room = MAX_LENGTH - suffix.length - 1;
  return [trimHyphens(name.slice(0, room)), suffix].filter(Boolean).join("-");
}

function trimHyphens(text: string): string {
  return text.replaceAll(/^-+|-+$/g, "");
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, HASH_LENGTH);
}
