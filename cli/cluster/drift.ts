import { z } from "zod";
import { explaining, openClient } from "../automation/client.ts";
import { duration } from "../process/duration.ts";
import type { Drift } from "./operations.ts";
import { clusterOptionsSchema } from "./options.ts";
import { holding } from "./run.ts";
import { readStackFile } from "./stackFile.ts";

/** Exit code when something differs. */
const EXIT_DRIFTED = 1;

/** The most that a report takes. */
const MOST = { resources: 1_000, properties: 100, length: 500 } as const;

const driftOptionsSchema = clusterOptionsSchema.extend({ report: z.boolean().default(false) });

/**
 * Compares what is in the cluster with what the last run left there, and tells the orchestrator if asked to.
 *
 * @throws UserError as any other operation, and `drift.refused` or `drift.unreachable` for the report
 */
export async function checkDrift(given: unknown): Promise<void> {
  const options = driftOptionsSchema.parse(given);
  const client = options.report ? explaining(await openClient(), "drift") : undefined;
  const file = readStackFile(options.stack, options.config);
  const started = Date.now();
  const { changes, drift } = await holding("drift", options, file, (operate) => operate("drift", file));
  if (!drift) throw new Error("nothing was looked at");
  const milliseconds = Date.now() - started;
  const checked = Object.values(changes).reduce((sum, count) => sum + count, 0);
  const found = { stack: options.stack, ...drift, checked, seconds: milliseconds / 1_000 };
  if (options.json) process.stdout.write(`${JSON.stringify(found)}\n`);
  else process.stderr.write(`drift of ${options.stack}: ${sentence(drift, checked)} (${duration(milliseconds)})\n`);
  await client?.call("reportDrift", {
    body: { ...found, resources: drift.resources.slice(0, MOST.resources).map(shortened) },
  });
  if (drift.resources.length > 0) process.exitCode = EXIT_DRIFTED;
}

function sentence({ resources, complete }: Drift, checked: number): string {
  const found = resources.length === 0 ? "in step" : `${resources.length} differ; \`up\` puts that right`;
  return `${found}, ${checked} looked at${complete ? "" : ", not what is in Grafana"}`;
}

function shortened({ resource, change, properties }: Drift["resources"][number]) {
  const paths = properties.slice(0, MOST.properties).map((path) => path.slice(0, MOST.length));
  return { resource: resource.slice(0, MOST.length), change, properties: paths };
}
