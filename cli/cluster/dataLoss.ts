import { UserError } from "@homeslice/config";

/** What one step of a run takes with it: `StatefulSet redis: the data of its volumes`. */
export type Loss = string;

/** What holds the databases, without and with highAvailability. */
const DATABASES = /^(?:StatefulSet postgresql-statefulset|Cluster postgresql-cluster):/;

/**
 * Refuses an `up` that would delete or replace what holds data, unless that was asked for in so many words.
 *
 * @throws UserError `data.loss`
 */
export function refuseLosses(stack: string, losses: readonly Loss[], allowed: boolean): void {
  if (allowed || losses.length === 0) return;
  const moved = losses.some((loss) => DATABASES.test(loss))
    ? " If that is postgresql.highAvailability, docs/postgresql.md says how to take the data along."
    : "";
  throw new UserError({
    code: "data.loss",
    where: `stack ${stack}`,
    what: ["this would destroy for good:", ...losses.map((loss) => `  ${loss}`)].join("\n"),
    fix: `Undo the change of configuration that would cause it.${moved} To lose it on purpose, back it up first (\`backup now --stack ${stack}\`), then give --allow-data-loss. Nothing was changed.`,
  });
}
