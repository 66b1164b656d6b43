import { createHash, randomBytes } from "node:crypto";

/** A secret that nobody guesses: 256 random bits after a prefix that says what it is. */
export function newSecret(prefix: "hsr" | "hss" | "hst"): string {
  return `${prefix}_${randomBytes(32).toString("base64url")}`;
}

/** What is stored of it: a copy of the database lets nobody in. */
export function hashSecret(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
