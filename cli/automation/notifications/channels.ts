import { type Client, everything } from "@homeslice/protocol/client.ts";
import { type Channel, ChannelTarget } from "@homeslice/protocol/notifications.ts";
import { openFor } from "../client.ts";
import { readSettings } from "../input.ts";
import { named } from "../lookup.ts";
import { type Shown, say, show, table } from "../show.ts";

const CONCERN = "notifications";

/** Exit code when a channel does not take what it is sent. */
const EXIT_NOT_SENT = 1;

/** `notifications channels`. @throws UserError `notifications.refused`, as `locateEndpoint` */
export async function listChannels({ search, ...shown }: Shown & { readonly search?: string }): Promise<void> {
  show(await allChannels(await openFor(CONCERN), search), shown, (found) =>
    table("channel", found, {
      NAME: ({ name }) => name,
      TYPE: ({ type }) => type,
      "GOES TO": ({ shown: address }) => address,
      CHANGED: ({ metadata }) => metadata.updated_at,
    }),
  );
}

/** `notifications set`: creates a channel, or replaces it. @throws UserError as `listChannels`, `input.invalid` */
export async function setChannel(name: string, { file, ...shown }: Shown & { readonly file: string }): Promise<void> {
  const body = { name, target: readSettings(ChannelTarget, file) };
  const client = await openFor(CONCERN);
  const existing = (await allChannels(client)).find((channel) => channel.name === name);
  const saved =
    existing === undefined
      ? await client.call("createChannel", { body })
      : await client.call("updateChannel", {
          params: { channel_id: existing.channel_id },
          body,
          version: existing.version,
        });
  say(`the channel "${name}" is ${existing === undefined ? "created" : "replaced"}`);
  if (shown.json) show(saved, shown);
}

/** `notifications delete`. @throws UserError as `listChannels`, `notifications.unknown` */
export async function deleteChannel(name: string, shown: Shown): Promise<void> {
  const client = await openFor(CONCERN);
  const deleted = await findChannel(client, name);
  const { channel_id, version } = deleted;
  await client.call("deleteChannel", { params: { channel_id }, version });
  say(`the channel "${deleted.name}" is deleted`);
  if (shown.json) show(deleted, shown);
}

/** `notifications test`: fails when the message was not taken. @throws UserError as `deleteChannel` */
export async function testChannel(name: string, shown: Shown): Promise<void> {
  const client = await openFor(CONCERN);
  const { channel_id } = await findChannel(client, name);
  const result = await client.call("testChannel", { params: { channel_id } });
  if (!result.sent) process.exitCode = EXIT_NOT_SENT;
  show(result, shown, ({ sent, error }) => (sent ? "It was taken.\n" : `It was not taken: ${error}\n`));
}

async function allChannels(client: Client, search?: string): Promise<Channel[]> {
  return await everything((page) => client.call("listChannels", { query: { ...page, sort: "name", search } }));
}

/** @throws UserError `notifications.unknown` */
export async function findChannel(client: Client, name: string): Promise<Channel> {
  const wanted = { concern: CONCERN, noun: "channel", list: "notifications channels" };
  return named(wanted, await allChannels(client), name, ({ channel_id }) => channel_id);
}
