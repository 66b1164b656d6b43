import { hkdfSync, webcrypto } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { Caller, DEFAULT_TENANT } from "./access.ts";

const ISSUER = "homeslice";
const AUDIENCE = "homeslice-api";

/** Shortest secret that keys may be derived from, in bytes. */
export const MIN_SECRET_BYTES = 32;

/** Derives the key for one purpose from the one secret of an installation (HKDF-SHA-256). */
export function deriveKey(
  secret: Uint8Array,
  purpose: "api-tokens" | "job-signing" | "logins" | "sealing" | "web-push",
): Uint8Array {
  if (secret.byteLength < MIN_SECRET_BYTES)
    throw new RangeError(`the secret must have ${MIN_SECRET_BYTES} bytes or more`);
  return new Uint8Array(hkdfSync("sha256", secret, "homeslice", purpose, 32));
}

/** By their secrets: deriving and importing a key takes longer than a signature. */
const tokenKeys = new WeakMap<Uint8Array, Promise<webcrypto.CryptoKey>>();

function tokenKey(secret: Uint8Array): Promise<webcrypto.CryptoKey> {
  const known = tokenKeys.get(secret);
  if (known !== undefined) return known;
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = webcrypto.subtle.importKey("raw", deriveKey(secret, "api-tokens"), hmac, false, ["sign", "verify"]);
  tokenKeys.set(secret, key);
  return key;
}

/** Makes a bearer token for the API. Whoever can read the secret of an installation owns it, so can make one. */
export async function mintToken(
  secret: Uint8Array,
  caller: Pick<Caller, "subject" | "role"> & Partial<Pick<Caller, "tenant">>,
  ttlSeconds: number,
  now: Date = new Date(),
): Promise<string> {
  const issued = Math.floor(now.getTime() / 1_000);
  return await new SignJWT({ role: caller.role, tenant: caller.tenant ?? DEFAULT_TENANT })
    .setProtectedHeader({ alg: "HS256", typ: "at+jwt" })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(caller.subject)
    .setIssuedAt(issued)
    .setExpirationTime(issued + ttlSeconds)
    .sign(await tokenKey(secret));
}

/** Who a bearer token says that they are, and until when it does. */
export interface VerifiedToken {
  readonly caller: Caller;
  readonly expiresAt: Date;
}

/** Verifies a bearer token; undefined when it is not one of ours, was altered, or is over. */
export async function verifyToken(
  secret: Uint8Array,
  token: string,
  now: Date = new Date(),
): Promise<VerifiedToken | undefined> {
  try {
    const { payload } = await jwtVerify(token, await tokenKey(secret), {
      algorithms: ["HS256"],
      typ: "at+jwt",
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ["exp", "sub"],
      currentDate: now,
    });
    const caller = Caller.parse({ subject: payload.sub, role: payload["role"], tenant: payload["tenant"] });
    return { caller, expiresAt: new Date((payload.exp ?? 0) * 1_000) };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}
