import type { Server, ServerState } from "@homeslice/protocol/servers.ts";
import type { Command } from "commander";
import { choice, collect, showable } from "./options.ts";

const implementation = () => import("../automation/servers.ts");

const states = ["idle", "busy", "maintenance", "unreachable", "error"] satisfies ServerState[];
const environments = ["dev", "staging", "uat", "preprod", "prod"] satisfies Server["environment"][];

/** `servers`: what actions run on, here or at HOMESLICE_URL. */
export function registerServers(program: Command): void {
  const servers = program.command("servers").description("show servers, add and delete them");
  showable(servers.command("list"))
    .description("show servers by their names, and how they are")
    .addOption(choice("--status <state>", "those alone that are", states))
    .addOption(choice("--environment <environment>", "those alone in", environments))
    .option("--group <group>", "those alone of this group")
    .option("--tag <tag>", "those alone with this tag")
    .option("--search <text>", "those with this in the name, the address, the group or a tag")
    .action(async (options) => (await implementation()).listServers(options));
  showable(servers.command("show <server>"))
    .description("show all that is known of a server, by its name or id")
    .action(async (name, options) => (await implementation()).showServer(name, options));
  showable(servers.command("add <hostname>"))
    .description("register a server, and print the token with which its agent enrols, once")
    .addOption(choice("--environment <environment>", "what it is for", environments).default("dev"))
    .option("--group <group>", "the group that it is in")
    .option("--tag <tag>", "a tag of it; may be given again", collect, [])
    .action(async (hostname, options) => (await implementation()).addServer(hostname, options));
  showable(servers.command("delete <server>"))
    .description("delete a server: its agent is cut off at once, and its identity never used again")
    .option("-y, --yes", "really do it")
    .action(async (name, options) => (await implementation()).deleteServer(name, options));
}
