import type { Command } from "commander";
import { registerTestbed } from "./testbed.ts";

/** Every command of the launcher, in the order that `--help` shows them. */
export function registerCommands(program: Command): void {
  registerTestbed(program);
}
