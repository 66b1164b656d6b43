import type { Command } from "commander";
import { registerDestroy } from "./destroy.ts";
import { registerPreview } from "./preview.ts";
import { registerRefresh } from "./refresh.ts";
import { registerTestbed } from "./testbed.ts";
import { registerUp } from "./up.ts";

/** Every command of the launcher, in the order that `--help` shows them. */
export function registerCommands(program: Command): void {
  registerUp(program);
  registerPreview(program);
  registerRefresh(program);
  registerDestroy(program);
  registerTestbed(program);
}
