import { createCipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";

/** The curve of Web Push, as OpenSSL names it. */
const CURVE = "prime256v1";
const RECORD_BYTES = 4_096;
/** Ends the last record, and the only one. */
const LAST = Buffer.from([2]);

/** Keys of a browser's subscription, as it gives them: base64url. */
export interface SubscriptionKeys {
  readonly p256dh: string;
  readonly auth: string;
}

/** What is different each time. */
export interface Fresh {
  readonly salt: Buffer;
  /** Private key of the sender for this one message. */
  readonly privateKey: Buffer;
}

/** Encrypts a message for one browser: RFC 8291, in the content coding aes128gcm of RFC 8188. */
export function encrypt(text: string, { p256dh, auth }: SubscriptionKeys, fresh: Fresh = makeFresh()): Buffer {
  const receiver = Buffer.from(p256dh, "base64url");
  const sender = createECDH(CURVE);
  sender.setPrivateKey(fresh.privateKey);
  const shared = sender.computeSecret(receiver);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), receiver, sender.getPublicKey()]);
  const secret = derive(shared, Buffer.from(auth, "base64url"), info, 32);
  const key = derive(secret, fresh.salt, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
  const nonce = derive(secret, fresh.salt, Buffer.from("Content-Encoding: nonce\0"), 12);
  const cipher = createCipheriv("aes-128-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.update(LAST), cipher.final(), cipher.getAuthTag()]);
  return Buffer.concat([header(fresh.salt, sender.getPublicKey()), sealed]);
}

/** Whether a message can be encrypted for a key of a browser: a point that lies on the curve. */
export function isPublicKey(p256dh: string): boolean {
  const sender = createECDH(CURVE);
  sender.generateKeys();
  try {
    sender.computeSecret(Buffer.from(p256dh, "base64url"));
    return true;
  } catch {
    return false; // no point of the curve
  }
}

function makeFresh(): Fresh {
  const sender = createECDH(CURVE);
  sender.generateKeys();
  return { salt: randomBytes(16), privateKey: sender.getPrivateKey() };
}

function derive(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, bytes: number): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, info, bytes));
}

function header(salt: Buffer, senderKey: Buffer): Buffer {
  const sizes = Buffer.alloc(5);
  sizes.writeUInt32BE(RECORD_BYTES);
  sizes.writeUInt8(senderKey.length, 4);
  return Buffer.concat([salt, sizes, senderKey]);
}
