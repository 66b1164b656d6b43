import type { Command } from "commander";
import { showable } from "./options.ts";

const implementation = () => import("../automation/secrets.ts");

/** `secrets`: what actions ask for by name, here or at HOMESLICE_URL. */
export function registerSecrets(program: Command): void {
  const secrets = program.command("secrets").description("look after secrets of actions; no command shows a value");
  showable(secrets.command("list"))
    .description("show secrets by their names, and where each is kept")
    .option("--search <text>", "those with this in the name")
    .action(async (options) => (await implementation()).listSecrets(options));
  showable(secrets.command("set <secret>"))
    .description("create a secret, or replace it; its value is read from standard input unless a place is named")
    .option("--description <text>", "what it is for")
    .option("--from <file>", "read the value from this file; - is standard input")
    .option("--variable <name>", "it lies in this variable of the orchestrator instead")
    .option("--path <path>", "it lies in this file of the orchestrator's directory of secrets instead")
    .action(async (name, options) => (await implementation()).setSecret(name, options));
  showable(secrets.command("delete <secret>"))
    .description("delete a secret: what asks for it is refused from now on")
    .action(async (name, options) => (await implementation()).deleteSecret(name, options));
  showable(secrets.command("reseal"))
    .description("seal all that is sealed with an older key with the first one")
    .action(async (options) => (await implementation()).resealSecrets(options));
}
