import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";

/** DER prefix of an Ed25519 private key in PKCS #8 (RFC 8410): the 32 bytes of the seed follow. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** A new Ed25519 key pair. */
export function generateKeyPair(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync("ed25519");
}

/** The Ed25519 private key of a 32-byte seed. */
export function privateKeyFromSeed(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
}

/** Text form of the public part of a key: SPKI, DER, base64url. */
export function encodePublicKey(key: KeyObject): string {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  return publicKey.export({ format: "der", type: "spki" }).toString("base64url");
}

/** The reverse of `encodePublicKey`. @throws RangeError when the text is no Ed25519 public key */
export function decodePublicKey(text: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(text, "base64url"), format: "der", type: "spki" });
  } catch (cause) {
    throw new RangeError("not a public key (SPKI, DER, base64url)", { cause });
  }
  if (key.asymmetricKeyType !== "ed25519") throw new RangeError("not an Ed25519 key");
  return key;
}

/** Ed25519 signature of some bytes, in base64url. */
export function signBytes(bytes: Uint8Array, key: KeyObject): string {
  return sign(null, bytes, key).toString("base64url");
}

/** Whether `signature` (base64url) is that of the bytes by the owner of the public key. */
export function verifyBytes(bytes: Uint8Array, signature: string, key: KeyObject): boolean {
  return verify(null, bytes, key, Buffer.from(signature, "base64url"));
}
