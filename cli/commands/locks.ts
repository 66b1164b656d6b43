import type { Command } from "commander";

interface AcquireOptions {
  readonly type: string;
  readonly reason: string;
  readonly server?: string;
  readonly ttl: string;
}

/** `locks`: local mode. */
export function registerLocks(program: Command): void {
  const locks = program.command("locks").description("show, take and release locks of servers");
  locks
    .command("list")
    .description("show the locks that stand, the one that ends first at the top")
    .option("--server <id>", "of this server alone")
    .option("--all", "also those that have ended, newest first")
    .option("--json", "as JSON, for scripts")
    .action(async (options: { readonly server?: string; readonly all?: boolean; readonly json?: boolean }) => {
      const { listLocks } = await import("../local/locks/commands.ts");
      await listLocks(options);
    });
  locks
    .command("acquire")
    .description("keep work off a server; prints the id of the lock")
    .requiredOption(
      "--type <type>",
      "maintenance (lets actions of that type through) or emergency (lets nothing through)",
    )
    .requiredOption("--reason <text>", "why, for everybody who finds it")
    .option("--server <id>", "the server (default: this machine)")
    .option("--ttl <duration>", "after which it ends by itself, for example 15m or 2h; at most 1d", "1h")
    .action(async (options: AcquireOptions) => {
      const { acquireLock } = await import("../local/locks/commands.ts");
      await acquireLock(options);
    });
  locks
    .command("extend")
    .description("let a lock of one's own hold longer")
    .argument("<lock>", "id of the lock")
    .option("--ttl <duration>", "from now on", "1h")
    .action(async (lock: string, options: { readonly ttl: string }) => {
      const { extendLock } = await import("../local/locks/commands.ts");
      await extendLock(lock, options);
    });
  locks
    .command("release")
    .description("release a lock of one's own; with a reason, that of anybody")
    .argument("<lock>", "id of the lock")
    .option("--reason <text>", "releases it by force; the audit log keeps the reason")
    .action(async (lock: string, options: { readonly reason?: string }) => {
      const { releaseLock } = await import("../local/locks/commands.ts");
      await releaseLock(lock, options);
    });
}
