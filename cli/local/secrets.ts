import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { UserError } from "@homeslice/config/errors.ts";
import { replaceFile } from "../process/replaceFile.ts";
import type { LocalHome } from "./home.ts";

/** Well over what keys are derived from. */
const SECRET_BYTES = 48;

/** Makes the secrets of a new installation; those of an existing one stay as they are. @throws UserError `home.secret` */
export function prepareSecrets(home: LocalHome): void {
  for (const path of [home.key, home.databasePassword]) {
    if (existsSync(path)) continue;
    if (existsSync(home.postgresql))
      throw missing(path, "Put it back from a backup, or remove this home to start anew.");
    replaceFile(path, randomBytes(SECRET_BYTES).toString("base64url"), 0o600);
  }
}

/** @throws UserError `home.secret` when there is no such secret */
export function readSecret(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw missing(path, "Run ./homeslice up first, which makes it.", cause);
  }
}

/** The secret of the installation. @throws UserError `home.secret` when it was never started */
export function readKey(home: LocalHome): Buffer {
  return Buffer.from(readSecret(home.key));
}

function missing(where: string, fix: string, cause?: unknown): UserError {
  return new UserError({ code: "home.secret", what: "this secret is missing", where, fix }, { cause });
}
