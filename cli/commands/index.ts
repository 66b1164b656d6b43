import type { Command } from "commander";

/** Every command of the launcher, in the order that `--help` shows them. */
export function registerCommands(_program: Command): void {}
