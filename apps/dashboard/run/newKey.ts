/** A key for `Idempotency-Key` that nobody uses twice. Unlike randomUUID it is also to be had without HTTPS. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
