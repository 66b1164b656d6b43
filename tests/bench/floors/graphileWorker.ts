import { setTimeout } from "node:timers/promises";
import { Logger, run } from "graphile-worker";
import pg from "pg";
import type { Installation } from "../../rig/installation.ts";

const CONCURRENCY = 16;
/** More than it can do; each takes time before the clock starts. */
const JOBS_PER_SECOND = 4_000;

/**
 * The peer of the queue: graphile-worker on the same PostgreSQL, with a transaction of its own for each claim and each end.
 * @returns jobs a second
 */
export async function graphileWorkerRate(installation: Installation, seconds: number): Promise<number> {
  const { host, port, user, password, database } = installation.database();
  const pgPool = new pg.Pool({ host, port, user, password, database, max: CONCURRENCY + 2 });
  let ended = 0;
  const options = {
    pgPool,
    concurrency: CONCURRENCY,
    noHandleSignals: true,
    logger: new Logger(() => () => undefined),
    preset: { worker: { localQueue: { size: -1 }, completeJobBatchDelay: -1, failJobBatchDelay: -1 } },
    taskList: {
      nothing: () => {
        ended++;
      },
    },
  };
  // The first run makes its schema; then there is a backlog before the clock starts.
  await (await run(options)).stop();
  await installation.query(
    `select count(*) from (select graphile_worker.add_job('nothing') from generate_series(1, $1)) added`,
    [seconds * JOBS_PER_SECOND],
  );
  ended = 0;
  const began = performance.now();
  const runner = await run(options);
  await setTimeout(seconds * 1_000);
  const rate = ended / ((performance.now() - began) / 1_000);
  await runner.stop();
  // The worker does not wait for the ends that it is still writing; its connections do.
  await pgPool.end();
  await installation.query("drop schema graphile_worker cascade");
  return rate;
}
