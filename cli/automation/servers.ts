import { type Client, everything } from "@homeslice/protocol/client.ts";
import type { NewServer, Server, ServerState } from "@homeslice/protocol/servers.ts";
import { invalidOption } from "../local/options.ts";
import { openFor } from "./client.ts";
import { named } from "./lookup.ts";
import { type Shown, say, show, table } from "./show.ts";

const CONCERN = "servers";

interface Filter {
  readonly status?: ServerState;
  readonly environment?: Server["environment"];
  readonly group?: string;
  readonly tag?: string;
  readonly search?: string;
}

/** `servers list`. @throws UserError `servers.refused`, as `locateEndpoint` */
export async function listServers({ group, json = false, ...filter }: Shown & Filter): Promise<void> {
  const client = await openFor(CONCERN);
  const wanted = { ...filter, server_group: group, sort: "hostname" as const };
  const servers = await everything((page) => client.call("listServers", { query: { ...page, ...wanted } }));
  show(servers, { json }, (found) =>
    table("server", found, {
      SERVER: ({ server_id }) => server_id,
      NAME: ({ hostname }) => hostname,
      STATE: ({ status }) => status.current,
      ENVIRONMENT: ({ environment }) => environment,
      GROUP: ({ server_group }) => server_group,
      TAGS: ({ tags }) => tags.join(" "),
      AGENT: ({ configuration }) => configuration.agent_version,
    }),
  );
}

/** `servers show`. @throws UserError as `listServers`, `servers.unknown` */
export async function showServer(name: string, shown: Shown): Promise<void> {
  show(await findServer(await openFor(CONCERN), name), shown);
}

interface Added {
  readonly environment: NewServer["environment"];
  readonly group?: string;
  readonly tag: readonly string[];
}

/** `servers add`: prints the token with which its agent enrols, and nothing else. @throws UserError as `listServers` */
export async function addServer(hostname: string, { environment, group, tag, ...shown }: Shown & Added): Promise<void> {
  const client = await openFor(CONCERN);
  const body = { hostname, environment, server_group: group ?? null, tags: [...tag] };
  const registered = await client.call("registerServer", { body });
  say(`for ./homeslice agent install there, until ${registered.enrolment_expires_at}, once:`);
  show(registered, shown, ({ enrolment_token }) => `${enrolment_token}\n`);
}

/** `servers delete`. @throws UserError as `showServer`, `option.invalid` */
export async function deleteServer(
  name: string,
  { yes = false, ...shown }: Shown & { readonly yes?: boolean },
): Promise<void> {
  const client = await openFor(CONCERN);
  const deleted = await findServer(client, name);
  const { server_id, hostname, version } = deleted;
  if (!yes) {
    const what = `${hostname} would be cut off at once, and its identity never used again`;
    throw invalidOption("--yes", what, "Give --yes to delete it.");
  }
  await client.call("deleteServer", { params: { server_id }, version });
  say(`the server ${hostname} is deleted`);
  if (shown.json) show(deleted, shown);
}

/** The server with this name or id. @throws UserError `servers.unknown` */
export async function findServer(client: Client, name: string): Promise<Server> {
  const servers = await everything((page) => client.call("listServers", { query: page }));
  const wanted = { concern: CONCERN, noun: "server" };
  const byName = servers.map((server) => ({ name: server.hostname, server }));
  return named(wanted, byName, name, ({ server }) => server.server_id).server;
}
