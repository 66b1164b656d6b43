import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { hasCode } from "../errors.ts";

/** Shorter ones would cover ordinary text. */
const MIN_LENGTH = 4;
const STAR = 42;

/** Where a secret stands in some bytes. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the secrets of this server in what operations write, in the forms in which they turn up: as they are, base64 (in
 * each of its three alignments), base64url, percent-encoded, and as JSON spells them.
 */
export class Redactor {
  readonly #patterns: readonly Buffer[];

  /** Knows every secret in some directories; none where there is no directory. */
  static of(directories: readonly string[]): Redactor {
    return new Redactor(directories.flatMap(secretsIn));
  }

  constructor(secrets: readonly string[]) {
    const forms = secrets.flatMap(partsOf).filter(isLongEnough).flatMap(formsOf).filter(isLongEnough);
    this.#patterns = [...new Set(forms)].map((form) => Buffer.from(form)).sort((a, b) => b.length - a.length);
  }

  /** Covers what is secret, in place, by as many asterisks. @returns where that was */
  cover(bytes: Buffer): Range[] {
    const found: Range[] = [];
    for (const pattern of this.#patterns) {
      for (let start = bytes.indexOf(pattern); start >= 0; start = bytes.indexOf(pattern, start)) {
        bytes.fill(STAR, start, start + pattern.length);
        found.push({ start, end: start + pattern.length });
      }
    }
    return found;
  }

  coverText(text: string): string {
    const bytes = Buffer.from(text);
    return this.cover(bytes).length === 0 ? text : bytes.toString();
  }

  /** How many bytes at the end could be the beginning of a secret. */
  openEnd(bytes: Buffer): number {
    let longest = 0;
    for (const pattern of this.#patterns) {
      for (let length = Math.min(pattern.length - 1, bytes.length); length > longest; length--) {
        if (bytes.subarray(bytes.length - length).equals(pattern.subarray(0, length))) longest = length;
      }
    }
    return longest;
  }
}

/** They are few, small and the agent's own: sooner read than handed to other threads. */
function secretsIn(directory: string): string[] {
  const paths = ifSeen(() => readdirSync(directory).map((name) => join(directory, name)));
  // By what it leads to: Kubernetes puts links there, and one to a directory.
  return paths.flatMap((path) => ifSeen(() => (statSync(path).isFile() ? [readFileSync(path, "utf8")] : [])));
}

/** What is found, nothing where there is nothing for the agent to see. */
function ifSeen(look: () => string[]): string[] {
  try {
    return look();
  } catch (error) {
    if (hasCode(error, "ENOENT", "EACCES")) return [];
    throw error;
  }
}

function isLongEnough(text: string): boolean {
  return text.length >= MIN_LENGTH;
}

/** A secret as a whole, each of its lines, and the password in a connection string. */
function partsOf(content: string): string[] {
  const secret = content.trimEnd();
  const lines = secret.split("\n").map((line) => line.trim());
  const password = URL.canParse(secret) ? new URL(secret).password : "";
  return [
    secret,
    ...(lines.length > 1 ? lines.filter((line) => line.length >= 2 * MIN_LENGTH) : []),
    password,
    decoded(password),
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not percent-encoded after all
  }
}

function formsOf(secret: string): string[] {
  const quoted = JSON.stringify(secret).slice(1, -1);
  const encoded = encodeURIComponent(secret);
  return [
    secret,
    quoted,
    encoded,
    encoded.replaceAll("%20", "+"),
    ...[0, 1, 2].flatMap((offset) => inBase64(secret, offset)),
  ];
}

/** What base64 makes of a secret that begins `offset` bytes into a group of three, without what its neighbours decide. */
function inBase64(secret: string, offset: number): string[] {
  const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
    .toString("base64")
    .replace(/=+$/, "");
  const first = Math.ceil((offset * 8) / 6);
  const certain = Math.floor(((offset + Buffer.byteLength(secret)) * 8) / 6);
  const middle = text.slice(first, certain);
  return [middle, middle.replaceAll("+", "-").replaceAll("/", "_")];
}
