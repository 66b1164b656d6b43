/** A key that nobody uses twice: for `Idempotency-Key`, or to tell rows apart. Unlike randomUUID it is also to be had without HTTPS. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
