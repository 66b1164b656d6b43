import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(argon2);

/** Cost of argon2id: 19 MiB, two passes, one lane, as OWASP advises. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const TAG_BYTES = 32;
const ENCODED = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/;

/** What is stored of a password: argon2id in the usual text form, with its cost and salt. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await derive("argon2id", { message: password, nonce: salt, tagLength: TAG_BYTES, ...COST });
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${text(salt)}$${text(tag)}`;
}

/** Whether a password is the one that was hashed. Without a hash it is wrong, and takes as long to find out. */
export async function verifyPassword(password: string, encoded: string | undefined): Promise<boolean> {
  const [, memory, passes, parallelism, salt = "", tag = ""] = ENCODED.exec(encoded ?? (await nobodys)) ?? [];
  const expected = Buffer.from(tag, "base64");
  const given = await derive("argon2id", {
    message: password,
    nonce: Buffer.from(salt, "base64"),
    tagLength: TAG_BYTES,
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  });
  return timingSafeEqual(given, expected) && encoded !== undefined;
}

const nobodys = hashPassword(randomBytes(32).toString("base64"));

function text(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("=", "");
}
