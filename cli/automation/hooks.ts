import { type Client, everything } from "@homeslice/protocol/client.ts";
import type { Hook, HookCall } from "@homeslice/protocol/hooks.ts";
import { openFor } from "./client.ts";
import { named } from "./lookup.ts";
import { type Shown, say, show, table } from "./show.ts";

const CONCERN = "hooks";
const CALLS_SHOWN = 50;

const labels = (pairs: Readonly<Record<string, string>>) =>
  Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");

/** `hooks list`. @throws UserError `hooks.refused`, as `locateEndpoint` */
export async function listHooks({ search, ...shown }: Shown & { readonly search?: string }): Promise<void> {
  show(await all(await openFor(CONCERN), search), shown, (found) =>
    table("hook", found, {
      NAME: ({ name }) => name,
      STATE: stateOf,
      SOURCE: ({ source }) => source,
      MATCH: ({ match }) => labels(match),
      "PER HOUR": ({ starts_per_hour }) => starts_per_hour,
      HOOK: ({ hook_id }) => hook_id,
      OWNER: ({ owner }) => owner,
    }),
  );
}

/** `hooks show`. @throws UserError as `listHooks`, `hooks.unknown` */
export async function showHook(name: string, shown: Shown): Promise<void> {
  show(await find(await openFor(CONCERN), name), shown);
}

/** `hooks calls`: the newest. @throws UserError as `showHook` */
export async function listCalls(
  name: string,
  { outcome, ...shown }: Shown & { readonly outcome?: HookCall["outcome"] },
): Promise<void> {
  const client = await openFor(CONCERN);
  const { hook_id } = await find(client, name);
  const query = { limit: CALLS_SHOWN, outcome };
  const { items } = await client.call("listHookCalls", { params: { hook_id }, query });
  show(items, shown, (found) =>
    table("call", found, {
      AT: ({ at }) => at,
      OUTCOME: ({ outcome: became }) => became,
      STARTED: ({ execution_id, run_id }) => execution_id ?? run_id,
      LABELS: (call) => labels(call.labels),
      SAYS: ({ reason }) => reason,
    }),
  );
}

/** `hooks pause` and `hooks resume`. @throws UserError as `showHook` */
export async function enableHook(name: string, enabled: boolean, shown: Shown): Promise<void> {
  const client = await openFor(CONCERN);
  const { hook_id, version, metadata: _, owner: _owner, ...body } = await find(client, name);
  const changed = await client.call("updateHook", { params: { hook_id }, body: { ...body, enabled }, version });
  say(`"${changed.name}" is ${stateOf(changed)}`);
  if (shown.json) show(changed, shown);
}

async function all(client: Client, search?: string): Promise<Hook[]> {
  return await everything((page) => client.call("listHooks", { query: { ...page, sort: "name", search } }));
}

async function find(client: Client, name: string): Promise<Hook> {
  return named({ concern: CONCERN, noun: "hook" }, await all(client), name, ({ hook_id }) => hook_id);
}

const stateOf = ({ enabled, dry_run }: Hook) => (enabled ? (dry_run ? "dry run" : "active") : "paused");
