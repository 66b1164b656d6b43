import type { Command } from "commander";
import { choiceArgument, showable } from "./options.ts";
import { roles } from "./tokens.ts";

const implementation = () => import("../automation/roles.ts");

/** `roles`: what members of groups of the identity provider may do, here or at HOMESLICE_URL. */
export function registerRoles(program: Command): void {
  const bindings = program.command("roles").description("show, give and take roles of groups of the identity provider");
  showable(bindings.command("list"))
    .description("show the groups that were given a role; those of the configuration are not among them")
    .option("--search <text>", "those with this in the name")
    .action(async (options) => (await implementation()).listRoles(options));
  showable(bindings.command("set <group>"))
    .description("give the members of a group a role, or another one")
    .addArgument(choiceArgument("<role>", "what they may do", roles))
    .option("--description <text>", "who or what it is for")
    .action(async (group, role, options) => (await implementation()).setRole(group, role, options));
  showable(bindings.command("delete <group>"))
    .description("take its role from a group: whoever is let in by it alone is out within seconds")
    .action(async (group, options) => (await implementation()).deleteRole(group, options));
}
