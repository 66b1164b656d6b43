import type { LockType } from "@homeslice/protocol/locks.ts";
import type { Command } from "commander";
import { choice, showable } from "./options.ts";

const implementation = () => import("../automation/locks.ts");

const types = ["maintenance", "emergency"] satisfies LockType[];

/** `locks`: what keeps work off servers, here or at HOMESLICE_URL. */
export function registerLocks(program: Command): void {
  const locks = program.command("locks").description("show, take and release locks of servers");
  showable(locks.command("list"))
    .description("show the locks that stand, the one that ends first at the top")
    .option("--server <server>", "of this server alone, by its name or id")
    .option("--all", "also those that have ended, newest first")
    .action(async (options) => (await implementation()).listLocks(options));
  showable(locks.command("acquire"))
    .description("keep work off a server; prints the id of the lock")
    .addOption(
      choice(
        "--type <type>",
        "maintenance lets actions of that type through, emergency nothing",
        types,
      ).makeOptionMandatory(),
    )
    .requiredOption("--reason <text>", "why, for everybody who finds it")
    .option("--server <server>", "the server, by its name or id (default: this machine)")
    .option("--ttl <duration>", "after which it ends by itself, for example 15m or 2h; at most 1d", "1h")
    .action(async (options) => (await implementation()).acquireLock(options));
  showable(locks.command("extend <lock>"))
    .description("let a lock of one's own hold longer")
    .option("--ttl <duration>", "from now on", "1h")
    .action(async (lock, options) => (await implementation()).extendLock(lock, options));
  showable(locks.command("release <lock>"))
    .description("release a lock of one's own; with a reason, that of anybody")
    .option("--reason <text>", "releases it by force; the audit log keeps the reason")
    .action(async (lock, options) => (await implementation()).releaseLock(lock, options));
}
