import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from "node:crypto";

/** The one kind of key that the stand-in makes. */
export const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A new key, in the forms in which the provider tells of it. */
export function newKey(): Readonly<Record<"privateKeyPem" | "privateKeyPemPkcs8" | "publicKeyPem", string>> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    privateKeyPem: privateKey.export({ type: "sec1", format: "pem" }).toString(),
    privateKeyPemPkcs8: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

/** Both halves of a key, for signing. */
export async function keyPair(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const secret = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  const open = createPublicKey(pem).export({ type: "spki", format: "der" });
  const { subtle } = webcrypto;
  const [privateKey, publicKey] = await Promise.all([
    subtle.importKey("pkcs8", secret, ECDSA, true, ["sign"]),
    subtle.importKey("spki", open, ECDSA, true, ["verify"]),
  ]);
  return { privateKey, publicKey };
}
