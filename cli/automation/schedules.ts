import { type Client, everything } from "@homeslice/protocol/client.ts";
import type { Schedule } from "@homeslice/protocol/schedules.ts";
import { openFor } from "./client.ts";
import { named } from "./lookup.ts";
import { type Shown, say, show, table } from "./show.ts";

const CONCERN = "schedules";
const FIRES_SHOWN = 50;

/** `schedules list`. @throws UserError `schedules.refused`, as `locateEndpoint` */
export async function listSchedules({ search, ...shown }: Shown & { readonly search?: string }): Promise<void> {
  const schedules = await all(await openFor(CONCERN), search);
  show(schedules, shown, (found) =>
    table("schedule", found, {
      NAME: ({ name }) => name,
      STATE: stateOf,
      WHEN: whenOf,
      NEXT: ({ next_fire }) => next_fire,
      LAST: ({ last_fire }) => last_fire && `${last_fire.outcome} ${last_fire.scheduled_at}`,
      OWNER: ({ metadata }) => metadata.owner,
    }),
  );
}

/** `schedules show`. @throws UserError as `listSchedules`, `schedules.unknown` */
export async function showSchedule(name: string, shown: Shown): Promise<void> {
  show(await find(await openFor(CONCERN), name), shown);
}

/** `schedules fires`. @throws UserError as `showSchedule` */
export async function listFires(name: string, shown: Shown): Promise<void> {
  const client = await openFor(CONCERN);
  const { schedule_id } = await find(client, name);
  const query = { limit: FIRES_SHOWN };
  const { items } = await client.call("listScheduleFires", { params: { schedule_id }, query });
  show(items, shown, (found) =>
    table("fire", found, {
      DUE: ({ scheduled_at }) => scheduled_at,
      OUTCOME: ({ outcome }) => outcome,
      STARTED: ({ execution_id, run_id }) => execution_id ?? run_id,
      SAYS: ({ message }) => message,
    }),
  );
}

/** `schedules next`. @throws UserError as `showSchedule` */
export async function listNext(name: string, { count, ...shown }: Shown & { readonly count: number }): Promise<void> {
  const client = await openFor(CONCERN);
  const { timing } = await find(client, name);
  const { fires } = await client.call("previewTiming", { body: { timing, count } });
  show(fires, shown, (times) => (times.length === 0 ? "It is over.\n" : `${times.join("\n")}\n`));
}

/** `schedules pause` and `schedules resume`. @throws UserError as `showSchedule` */
export async function pauseSchedule(name: string, paused: boolean, shown: Shown): Promise<void> {
  const client = await openFor(CONCERN);
  const { schedule_id, version, metadata: _, next_fire: _next, last_fire: _last, ...body } = await find(client, name);
  const params = { schedule_id };
  const changed = await client.call("updateSchedule", { params, body: { ...body, paused }, version });
  say(`"${changed.name}" is ${stateOf(changed)}${changed.next_fire === null ? "" : `, next due ${changed.next_fire}`}`);
  if (shown.json) show(changed, shown);
}

async function all(client: Client, search?: string): Promise<Schedule[]> {
  return await everything((page) => client.call("listSchedules", { query: { ...page, sort: "name", search } }));
}

async function find(client: Client, name: string): Promise<Schedule> {
  return named({ concern: CONCERN, noun: "schedule" }, await all(client), name, ({ schedule_id }) => schedule_id);
}

function stateOf({ paused, next_fire }: Schedule): string {
  if (paused) return "paused";
  return next_fire === null ? "over" : "active";
}

function whenOf({ timing }: Schedule): string {
  return timing.type === "once" ? `once at ${timing.at}` : `${timing.expression} ${timing.time_zone}`;
}
