import { createECDH, createPrivateKey, type KeyObject } from "node:crypto";
import { deriveKey } from "@homeslice/protocol";
import { SignJWT } from "jose";

/** How long a push service may take a proof for good. */
const PROOF_SECONDS = 12 * 3_600;

/** As whom the orchestrator proves itself to push services (VAPID, RFC 8292). */
export class PushIdentity {
  /** What browsers bind their subscriptions to: an uncompressed point of P-256 in base64url. */
  readonly publicKey: string;
  readonly #privateKey: KeyObject;
  readonly #contact: string | undefined;

  /**
   * @param secret of the installation, of which the key is derived: all orchestrators have the same
   * @param contact whom a push service may write to, as mailto: or https: address
   */
  constructor(secret: Uint8Array, contact: string | undefined) {
    const seed = Buffer.from(deriveKey(secret, "web-push"));
    const pair = createECDH("prime256v1");
    pair.setPrivateKey(seed);
    const point = pair.getPublicKey();
    this.publicKey = point.toString("base64url");
    const [x, y] = [point.toString("base64url", 1, 33), point.toString("base64url", 33)];
    const key = { kty: "EC", crv: "P-256", d: seed.toString("base64url"), x, y };
    this.#privateKey = createPrivateKey({ key, format: "jwk" });
    this.#contact = contact;
  }

  /** The header by which a push service knows who sends. */
  async authorization(endpoint: string, now: Date): Promise<string> {
    const proof = new SignJWT(this.#contact === undefined ? {} : { sub: this.#contact })
      .setProtectedHeader({ alg: "ES256", typ: "JWT" })
      .setAudience(new URL(endpoint).origin)
      .setExpirationTime(Math.floor(now.getTime() / 1_000) + PROOF_SECONDS);
    return `vapid t=${await proof.sign(this.#privateKey)}, k=${this.publicKey}`;
  }
}
