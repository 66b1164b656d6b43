import { sql } from "kysely";
import { DatabaseError } from "pg";
import { type Connection, type Database, transact } from "../database/database.ts";
import { dateOf, idAt } from "../executions/ids.ts";

const DAY_MS = 86_400_000;
/** One orchestrator at a time looks after partitions: the key of the advisory lock ("logs" in ASCII). */
const PARTITIONS_LOCK = 0x6c6f6773;
/** How long to wait for the table, in milliseconds: whoever reads or writes output meanwhile waits as well. */
const LOCK_TIMEOUT_MS = 500;

/** The output of the executions that were started in a time. */
interface Partition {
  readonly name: string;
  /** The first id that is not in it any more. */
  readonly end: string;
}

/** Makes a partition for each day that has none yet. @param until the last of these days. @returns their names */
export async function createPartitions(database: Database, until: Date): Promise<string[]> {
  return await alone(database, async (transaction) => {
    const last = (await listPartitions(transaction)).at(-1);
    if (last === undefined) return [];
    const made: string[] = [];
    for (let day = dateOf(last.end); day <= until; day = new Date(day.getTime() + DAY_MS)) {
      const name = `log_lines_${day.toISOString().slice(0, 10).replaceAll("-", "")}`;
      const range = `from ('${idAt(day)}') to ('${idAt(new Date(day.getTime() + DAY_MS))}')`;
      // Attached, and not created in its place: that would keep everybody out for a moment.
      for (const statement of [
        `create table ${name} (like log_lines including all)`,
        `alter table ${name} enable row level security, force row level security`,
        `alter table log_lines attach partition ${name} for values ${range}`,
      ]) {
        await sql.raw(statement).execute(transaction);
      }
      made.push(name);
    }
    return made;
  });
}

/** Drops the partitions that end before a time and in which every execution has ended. @returns their names */
export async function dropPartitions(database: Database, before: Date): Promise<string[]> {
  return await alone(database, async (transaction) => {
    const partitions = await listPartitions(transaction);
    const dropped: string[] = [];
    let start = "00000000-0000-0000-0000-000000000000";
    for (const { name, end } of partitions) {
      if (dateOf(end) > before) break;
      const open = await transaction
        .selectFrom("executions")
        .select("execution_id")
        .where("execution_id", ">=", start)
        .where("execution_id", "<", end)
        .where("completed_at", "is", null)
        .limit(1)
        .executeTakeFirst();
      if (open === undefined) {
        await sql.raw(`drop table ${name}`).execute(transaction);
        dropped.push(name);
      }
      start = end;
    }
    return dropped;
  });
}

/** The partitions in the order of time. */
async function listPartitions(connection: Connection): Promise<Partition[]> {
  const { rows } = await sql<Partition>`
    select c.relname as name, substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \\(''([0-9a-f-]+)''\\)') as "end"
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'log_lines'::regclass order by 2`.execute(connection);
  return rows;
}

/** Does what only one may do at once. While somebody else does, or the table is not free, it is left for later. */
async function alone(database: Database, work: (transaction: Connection) => Promise<string[]>): Promise<string[]> {
  try {
    return await transact(database, async (transaction) => {
      await sql.raw(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`).execute(transaction);
      await sql`select pg_advisory_xact_lock(${PARTITIONS_LOCK})`.execute(transaction);
      return await work(transaction);
    });
  } catch (error) {
    if (error instanceof DatabaseError && error.code === "55P03") return [];
    throw error;
  }
}
