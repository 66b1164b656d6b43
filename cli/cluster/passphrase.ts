import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@homeslice/config";
import type { Home } from "./home.ts";

/**
 * What the engine needs to find the passphrase that secrets in the state are encrypted with: nothing when the user has
 * set one, else the file of Homeslice, generated at the first run and readable by its owner alone.
 *
 * @throws UserError `passphrase.lost` when there is a local state but the file that opens it has gone
 */
export function passphraseEnv(home: Home, env: NodeJS.ProcessEnv): Record<string, string> {
  if (env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || env["PULUMI_CONFIG_PASSPHRASE_FILE"]) return {};
  if (!existsSync(home.passphrase)) generate(home);
  return { PULUMI_CONFIG_PASSPHRASE_FILE: home.passphrase };
}

function generate(home: Home): void {
  if (hasStacks(home)) {
    throw new UserError({
      code: "passphrase.lost",
      where: home.passphrase,
      what: `the passphrase file has gone, and the state in ${home.state} is encrypted with it`,
      fix: "Restore the file from a backup, or set PULUMI_CONFIG_PASSPHRASE to what it held. Nothing was changed.",
    });
  }
  try {
    writeFileSync(home.passphrase, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    // Two first runs on two stacks: the other one's passphrase serves both.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

function hasStacks(home: Home): boolean {
  const folder = join(home.state, ".pulumi", "stacks");
  return existsSync(folder) && readdirSync(folder, { recursive: true }).some((file) => String(file).endsWith(".json"));
}
