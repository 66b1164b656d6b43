import type { Installation } from "../../rig/installation.ts";

const CONNECTIONS = 8;

/**
 * The floor of a queue in PostgreSQL: nothing but claim one row, commit, end it, commit, on several connections at once.
 * @returns rows a second
 */
export async function rawQueueRate(installation: Installation, seconds: number): Promise<number> {
  await installation.query("create table raw_queue (id bigserial primary key, state text not null default 'queued')");
  await installation.query("create index raw_queue_queued on raw_queue (id) where state = 'queued'");
  await installation.query("insert into raw_queue (state) select 'queued' from generate_series(1, $1)", [
    seconds * 20_000,
  ]);
  const deadline = performance.now() + seconds * 1_000;
  const counts = await Promise.all(Array.from({ length: CONNECTIONS }, async () => await work(installation, deadline)));
  await installation.query("drop table raw_queue");
  return counts.reduce((sum, count) => sum + count, 0) / seconds;
}

async function work(installation: Installation, deadline: number): Promise<number> {
  const connection = await installation.connect();
  let ended = 0;
  while (performance.now() < deadline) {
    const { rows } = await connection.query<{ id: number }>({
      name: "claim",
      text: `update raw_queue set state = 'running' where id = (
        select id from raw_queue where state = 'queued' order by id limit 1 for update skip locked) returning id`,
    });
    const id = rows[0]?.id;
    if (id === undefined) break;
    await connection.query({ name: "end", text: "update raw_queue set state = 'ended' where id = $1", values: [id] });
    ended++;
  }
  connection.release();
  return ended;
}
