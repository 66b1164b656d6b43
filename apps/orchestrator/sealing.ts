import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** None of the keys opens what was sealed: it was sealed with another one, or altered. */
export class SealBroken extends Error {
  override readonly name = "SealBroken";
}

/**
 * Seals texts, by AES-256-GCM, so that the database and its backups hold nothing that can be read without the key. The
 * first key seals, and all of them open: a new key is put before the old one, which goes when all is sealed anew.
 */
export class Sealing {
  readonly #keys: readonly [Uint8Array, ...Uint8Array[]];

  constructor(keys: readonly [Uint8Array, ...Uint8Array[]]) {
    this.#keys = keys;
  }

  seal(text: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#keys[0], nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** The reverse of `seal`. @throws SealBroken */
  unseal(sealed: Buffer): string {
    for (const key of this.#keys) {
      const text = open(sealed, key);
      if (text !== undefined) return text;
    }
    throw new SealBroken("it was sealed with a key that is not there any more, or altered");
  }

  /** Whether the first key opens it. */
  isCurrent(sealed: Buffer): boolean {
    return open(sealed, this.#keys[0]) !== undefined;
  }
}

function open(sealed: Buffer, key: Uint8Array): string | undefined {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString(
      "utf8",
    );
  } catch {
    return undefined; // the tag does not fit
  }
}
