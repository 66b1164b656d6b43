import type { HookCall } from "@homeslice/protocol/hooks.ts";
import type { Command } from "commander";
import { choice, showable } from "./options.ts";

const implementation = () => import("../automation/hooks.ts");

const outcomes = ["started", "ignored", "refused"] satisfies HookCall["outcome"][];

/** `hooks`: alerts and other programs that start an action, here or at HOMESLICE_URL. */
export function registerHooks(program: Command): void {
  const hooks = program.command("hooks").description("show alerts that start actions, and pause or resume them");
  showable(hooks.command("list"))
    .description("show hooks by their names")
    .option("--search <text>", "those with this in the name")
    .action(async (options) => (await implementation()).listHooks(options));
  showable(hooks.command("show <hook>"))
    .description("show all that a hook says but its secret, by its name or id")
    .action(async (name, options) => (await implementation()).showHook(name, options));
  showable(hooks.command("calls <hook>"))
    .description("show what became of the newest alerts that a hook got")
    .addOption(choice("--outcome <outcome>", "those alone that were", outcomes))
    .action(async (name, options) => (await implementation()).listCalls(name, options));
  showable(hooks.command("pause <hook>"))
    .description("let a hook start nothing until it is resumed")
    .action(async (name, options) => (await implementation()).enableHook(name, false, options));
  showable(hooks.command("resume <hook>"))
    .description("let a paused hook start actions again")
    .action(async (name, options) => (await implementation()).enableHook(name, true, options));
}
