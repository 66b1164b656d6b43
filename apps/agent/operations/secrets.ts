import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../errors.ts";

/** An operation asks for a secret that its server does not have. */
export class MissingSecret extends Error {
  override readonly name = "MissingSecret";
}

/** A secret of this server. @throws MissingSecret when there is none of that name */
export async function readSecret(name: string, secretsDir: string): Promise<string> {
  const path = join(secretsDir, name);
  try {
    return (await readFile(path, "utf8")).trimEnd();
  } catch (error) {
    if (!hasCode(error, "ENOENT", "EACCES", "EISDIR")) throw error;
    throw new MissingSecret(`this server has no secret "${name}": its owner can put it into ${path}`);
  }
}
