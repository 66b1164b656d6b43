import { createHash } from "node:crypto";
import type { AuditVerification } from "@homeslice/protocol";
import { sql } from "kysely";
import type { Connection, Database } from "../database/database.ts";

/** One sealer at a time, in whichever replica: the key of the advisory lock ("audit" in ASCII). */
const SEALER_LOCK = 0x6175646974;
/** Entries sealed in one transaction, and read at once when the chain is checked. */
const BATCH = 1_000;
/** What the first entry follows on. */
const GENESIS = Buffer.alloc(32);

interface Link {
  readonly position: number;
  readonly hash: Buffer;
}

/** All that an entry says, as the database spells it: the same bytes whenever it is read. */
interface Content {
  readonly event_id: number;
  readonly content: string;
}

const content = sql<string>`(jsonb_build_array(event_id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  event_type, actor, resource, details, result)
  || case when tenant_id = 'default' then '[]' else jsonb_build_array(tenant_id) end)::text`;

function hashOf(previous: Link | undefined, text: string): Buffer {
  const position = (previous?.position ?? 0) + 1;
  return createHash("sha256")
    .update(previous?.hash ?? GENESIS)
    .update(`${position} ${text}`)
    .digest();
}

/**
 * Puts new entries into the chain: each gets the hash of itself and of the entry before it, so that none can be altered,
 * added in between or taken out without breaking every later one.
 * @returns how many were sealed
 */
export async function sealEvents(database: Database): Promise<number> {
  return await database.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ locked: boolean }>`select pg_try_advisory_xact_lock(${SEALER_LOCK}) as locked`.execute(
      transaction,
    );
    if (rows[0]?.locked !== true) return 0;
    let last = await head(transaction);
    const fresh = await transaction
      .selectFrom("audit_events")
      .select(["event_id", content.as("content")])
      .where("position", "is", null)
      .orderBy("event_id")
      .limit(BATCH)
      .execute();
    const links = fresh.map((event: Content) => {
      last = { position: (last?.position ?? 0) + 1, hash: hashOf(last, event.content) };
      return { event_id: event.event_id, ...last };
    });
    if (links.length > 0) await storeLinks(transaction, links);
    return links.length;
  });
}

async function storeLinks(transaction: Connection, links: readonly (Link & { event_id: number })[]): Promise<void> {
  await sql`update audit_events e set position = link.position, hash = decode(link.hash, 'hex')
    from unnest(${links.map(({ event_id }) => event_id)}::bigint[], ${links.map(({ position }) => position)}::bigint[],
      ${links.map(({ hash }) => hash.toString("hex"))}::text[]) as link (event_id, position, hash)
    where e.event_id = link.event_id`.execute(transaction);
}

/** The newest link, or the one on which the chain goes on after all of it was past its retention. */
async function head(connection: Connection): Promise<Link | undefined> {
  const row = await connection
    .selectFrom("audit_events")
    .select(["position", "hash"])
    .where("position", "is not", null)
    .orderBy("position", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row?.position == null || row.hash === null) return await origin(connection);
  return { position: row.position, hash: row.hash };
}

/** The last link of what was deleted because it was past its retention; undefined when nothing was. */
async function origin(connection: Connection): Promise<Link | undefined> {
  return await connection.selectFrom("audit_origin").select(["position", "hash"]).executeTakeFirst();
}

/** Computes the whole chain anew and compares. */
export async function verifyChain(connection: Connection): Promise<AuditVerification> {
  const first = await origin(connection);
  let last = first;
  let broken: number | null = null;
  for (let batch = await linksAfter(connection, last); batch.length > 0 && broken === null; ) {
    for (const { position, hash, content: text } of batch) {
      const expected = (last?.position ?? 0) + 1;
      if (position !== expected || !hash?.equals(hashOf(last, text))) {
        broken = expected;
        break;
      }
      last = { position, hash };
    }
    batch = await linksAfter(connection, last);
  }
  const { unsealed } = await connection
    .selectFrom("audit_events")
    .select(({ fn }) => fn.countAll<number>().as("unsealed"))
    .where("position", "is", null)
    .executeTakeFirstOrThrow();
  const newest = last && { position: last.position, hash: last.hash.toString("hex") };
  return {
    intact: broken === null,
    checked: (last?.position ?? 0) - (first?.position ?? 0),
    unsealed,
    head: newest ?? null,
    broken_at: broken,
  };
}

async function linksAfter(connection: Connection, last: Link | undefined) {
  return await connection
    .selectFrom("audit_events")
    .select(["position", "hash", content.as("content")])
    .where("position", ">", last?.position ?? 0)
    .orderBy("position")
    .limit(BATCH)
    .execute();
}
