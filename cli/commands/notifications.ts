import type { Delivery } from "@homeslice/protocol/notifications.ts";
import type { Command } from "commander";
import { choice, showable } from "./options.ts";

const channels = () => import("../automation/notifications/channels.ts");
const deliveries = () => import("../automation/notifications/deliveries.ts");

const statuses = ["pending", "sent", "dead"] satisfies Delivery["status"][];

/** `notifications`: who is told of what, here or at HOMESLICE_URL. */
export function registerNotifications(program: Command): void {
  const notifications = program.command("notifications").description("look after channels, and what is sent to them");
  registerChannels(notifications);
  showable(notifications.command("rules"))
    .description("show which channels are told of what")
    .option("--search <text>", "those with this in the name")
    .action(async (options) => (await deliveries()).listRules(options));
  showable(notifications.command("deliveries"))
    .description("show what was sent, is to be sent and was given up, newest first")
    .addOption(choice("--status <status>", "those alone that are", statuses))
    .option("--event <event>", "those alone of this event, such as execution.failed")
    .option("--channel <channel>", "those alone to this channel, by its name or id")
    .action(async (options) => (await deliveries()).listDeliveries(options));
  showable(notifications.command("retry [deliveries...]"))
    .description("have what was given up tried again")
    .option("--dead", "all of it")
    .action(async (ids, options) => (await deliveries()).retryDeliveries(ids, options));
}

function registerChannels(notifications: Command): void {
  showable(notifications.command("channels"))
    .description("show channels by their names, without what is secret")
    .option("--search <text>", "those with this in the name")
    .action(async (options) => (await channels()).listChannels(options));
  showable(notifications.command("set <channel>"))
    .description("create a channel, or replace it, by its name; its target is read as YAML or JSON")
    .option("-f, --file <file>", "file with the target; - is standard input", "-")
    .action(async (name, options) => (await channels()).setChannel(name, options));
  showable(notifications.command("delete <channel>"))
    .description("delete a channel, with what is still to be sent to it")
    .action(async (name, options) => (await channels()).deleteChannel(name, options));
  showable(notifications.command("test <channel>"))
    .description("send a message to a channel now; fails when it is not taken")
    .action(async (name, options) => (await channels()).testChannel(name, options));
}
