import { UserError } from "@homeslice/config";
import { z } from "zod";
import { backupOptionsSchema, connect } from "./connection.ts";
import { follow } from "./follow.ts";
import { whilePaused } from "./pause.ts";
import { requireStartable, servicesOf, start } from "./templates.ts";

const say = (line: string) => void process.stderr.write(`${line}\n`);

const restoreOptionsSchema = backupOptionsSchema.extend({
  service: z.string().min(1),
  snapshot: z.string().default("latest"),
  yes: z.boolean().default(false),
});

/** Backs up a service, or one after the other all of them, now. */
export async function backupNow(given: unknown): Promise<void> {
  await forEachService(given, "backing up", (service) => service);
}

/** Proves, now, that the newest snapshot of a service, or of each of them, can be restored. */
export async function drillNow(given: unknown): Promise<void> {
  await forEachService(given, "restoring aside the newest snapshot of", (service) => `${service}-drill`);
}

async function forEachService(given: unknown, doing: string, partOf: (service: string) => string): Promise<void> {
  const options = backupOptionsSchema.parse(given);
  const connection = await connect(options, say);
  const services = options.service ? [options.service] : await servicesOf(connection);
  for (const service of services) {
    say(`${doing} ${service}`);
    await follow(connection, await start(connection, partOf(service)), say);
  }
  if (services.length === 0) say("nothing is backed up in this stack");
}

/** Prints the snapshots that there are. */
export async function listBackups(given: unknown): Promise<void> {
  const options = backupOptionsSchema.parse(given);
  const connection = await connect(options, say);
  const { log } = await follow(connection, await start(connection, "list"), () => undefined);
  const found = snapshotsIn(log).filter(({ service }) => !options.service || service === options.service);
  if (options.json) process.stdout.write(`${JSON.stringify(found)}\n`);
  else for (const { service, id, time, tag } of found) process.stdout.write(`${service}\t${id}\t${time}\t${tag}\n`);
  if (found.length === 0) say("there are no snapshots");
}

/**
 * Brings a service back to a snapshot, with its instances stopped, after a snapshot of what is there now.
 *
 * @throws UserError `restore.unconfirmed`, and all that a backup gives rise to
 */
export async function restore(given: unknown): Promise<void> {
  const options = restoreOptionsSchema.parse(given);
  const { service, snapshot, stack } = options;
  if (!options.yes) throw unconfirmed(service, snapshot, stack);
  const connection = await connect(options, say);
  await requireStartable(connection, `${service}-restore`);
  await whilePaused(connection, service, say, async () => {
    const job = await start(connection, `${service}-restore`, { SNAPSHOT: snapshot });
    say(`restoring ${service} from ${snapshot} (job ${job})`);
    await follow(connection, job, say);
  });
  say(`${service} is restored; what was there before is the newest snapshot tagged before-restore`);
}

function unconfirmed(service: string, snapshot: string, stack: string): UserError {
  return new UserError({
    code: "restore.unconfirmed",
    where: `stack ${stack}`,
    what: `this stops ${service} and replaces all its data by those of the snapshot ${snapshot}`,
    fix: `Look at what there is with \`backup list --stack ${stack}\`, then give --yes. Nothing was changed.`,
  });
}

const snapshotsSchema = z.tuple([
  z.string(),
  z.array(z.object({ short_id: z.string(), time: z.string(), tags: z.array(z.string()).default([]) })).nullable(),
]);

/** The snapshots in the output of the job that lists them: a line of JSON for each service. */
export function snapshotsIn(log: string) {
  const lines = log.split("\n").filter((line) => line.startsWith('["'));
  return lines.flatMap((line) => {
    const [service, snapshots] = snapshotsSchema.parse(JSON.parse(line));
    return (snapshots ?? []).map(({ short_id: id, time, tags }) => ({ service, id, time, tag: tags.join(",") }));
  });
}
