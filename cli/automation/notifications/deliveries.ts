import { type Client, everything } from "@homeslice/protocol/client.ts";
import type { Delivery, NotificationEvent } from "@homeslice/protocol/notifications.ts";
import { invalidOption } from "../../local/options.ts";
import { bar, ProgressLine } from "../../process/bar.ts";
import { openFor } from "../client.ts";
import { parseId } from "../lookup.ts";
import { type Shown, say, show, table } from "../show.ts";
import { findChannel } from "./channels.ts";

const CONCERN = "notifications";
const SHOWN = 50;

interface Filter {
  readonly status?: Delivery["status"];
  readonly event?: NotificationEvent;
  readonly channel?: string;
}

/** `notifications rules`. @throws UserError `notifications.refused`, as `locateEndpoint` */
export async function listRules({ search, ...shown }: Shown & { readonly search?: string }): Promise<void> {
  const client = await openFor(CONCERN);
  const rules = await everything((page) =>
    client.call("listNotificationRules", { query: { ...page, sort: "name", search } }),
  );
  show(rules, shown, (found) =>
    table("notification rule", found, {
      NAME: ({ name }) => name,
      EVENTS: ({ events }) => (events.length === 0 ? "any" : events.join(" ")),
      "FROM SEVERITY": ({ min_severity }) => min_severity,
      CHANNELS: ({ channel_ids }) => channel_ids.length,
    }),
  );
}

/** `notifications deliveries`: the newest. @throws UserError as `listRules`, `notifications.unknown` */
export async function listDeliveries({ status, event, channel, ...shown }: Shown & Filter): Promise<void> {
  const client = await openFor(CONCERN);
  const channel_id = channel === undefined ? undefined : (await findChannel(client, channel)).channel_id;
  const query = { limit: SHOWN, status, event, channel_id };
  show((await client.call("listDeliveries", { query })).items, shown, deliveryTable);
}

/** `notifications retry`: some, or all that were given up. @throws UserError as `listRules`, `option.invalid` */
export async function retryDeliveries(
  given: readonly string[],
  { dead = false, ...shown }: Shown & { readonly dead?: boolean },
): Promise<void> {
  if (given.length === 0 && !dead) {
    throw invalidOption("retry", "nothing is given to be tried again", "Give ids of deliveries, or --dead for all.");
  }
  const ids = given.map((id) => parseId({ concern: CONCERN, noun: "delivery", list: "notifications deliveries" }, id));
  const client = await openFor(CONCERN);
  const wanted = dead ? [...new Set([...ids, ...(await deadOnes(client))])] : ids;
  const retried: Delivery[] = [];
  const progress = new ProgressLine();
  try {
    for (const delivery_id of wanted) {
      retried.push(await client.call("retryDelivery", { params: { delivery_id } }));
      progress.step(`${bar(retried.length, wanted.length)} ${delivery_id}`);
    }
  } finally {
    progress.end();
  }
  say(`${retried.length} ${retried.length === 1 ? "delivery is" : "deliveries are"} tried again`);
  if (shown.json) show(retried, shown);
}

async function deadOnes(client: Client): Promise<string[]> {
  const dead = await everything((page) => client.call("listDeliveries", { query: { ...page, status: "dead" } }));
  return dead.map(({ delivery_id }) => delivery_id);
}

function deliveryTable(deliveries: readonly Delivery[]): string {
  return table("delivery", deliveries, {
    DELIVERY: ({ delivery_id }) => delivery_id,
    STATUS: ({ status }) => status,
    EVENT: ({ event }) => event,
    CREATED: ({ created_at }) => created_at,
    ATTEMPTS: ({ attempts }) => attempts,
    NEXT: ({ next_attempt_at }) => next_attempt_at,
    SAYS: ({ last_error }) => last_error,
  });
}
