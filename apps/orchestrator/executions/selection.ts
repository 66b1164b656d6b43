import type { PreviewTarget, TargetSelector } from "@homeslice/protocol";
import { sql } from "kysely";
import type { z } from "zod";
import type { Connection } from "../database/database.ts";
import { statement } from "../database/statement.ts";
import { selectLive, selectStates } from "../servers/repository.ts";

/** A server that an execution may be meant for. */
export interface Candidate extends Omit<z.output<typeof PreviewTarget>, "batch"> {
  readonly tags: readonly string[];
  readonly timeout_default: number | null;
}

/** The servers that fit every criterion, in the order in which they were registered. */
export async function selectByCriteria(
  connection: Connection,
  selector: TargetSelector,
  limit: number,
): Promise<Candidate[]> {
  const { tags, any_tags, groups, environments, filter = {} } = selector;
  let query = selectLive(connection).orderBy("server_id").limit(limit);
  if (tags !== undefined) query = query.where(sql<boolean>`tags @> ${tags}::text[]`);
  if (any_tags !== undefined) query = query.where(sql<boolean>`tags && ${any_tags}::text[]`);
  if (groups !== undefined) query = query.where("server_group", "in", groups);
  if (environments !== undefined) query = query.where("environment", "in", environments);
  if (filter.hostname !== undefined) query = query.where("hostname", "ilike", likePattern(filter.hostname));
  if (filter.capability !== undefined) query = query.where(sql<boolean>`${filter.capability} = any(capabilities)`);
  if (filter.agent_version !== undefined) query = query.where("agent_version", "=", filter.agent_version);
  const found = connection.selectFrom(query.as("found")).selectAll();
  const status = filter.status;
  const rows = await (status === undefined ? found : found.where("current", "=", status)).execute();
  return rows.map(toCandidate);
}

/** Servers by their ids; ids that no server has are left out. */
export const selectByIds = statement<{ serverIds: readonly string[] }, Row>((connection, place) =>
  selectStates(connection)
    .select(["server_id", "hostname", "environment", "tags", "timeout_default"])
    .where(sql<boolean>`server_id = any(${place("serverIds")}::uuid[])`)
    .compile(),
);

/** What `selectByIds` found, in the order in which the ids were given. */
export function inOrder(serverIds: readonly string[], rows: readonly Row[]): Candidate[] {
  const places = new Map(serverIds.map((id, place) => [id, place]));
  const place = ({ server_id }: Candidate) => places.get(server_id) ?? 0;
  return rows.map(toCandidate).sort((one, other) => place(one) - place(other));
}

/** A pattern with * and ? as SQL spells it; nothing else in it has a meaning. */
function likePattern(glob: string): string {
  return glob
    .replaceAll(/[\\%_]/g, String.raw`\$&`)
    .replaceAll("*", "%")
    .replaceAll("?", "_");
}

function toCandidate({ server_id, hostname, environment, tags, timeout_default, current }: Row): Candidate {
  return { server_id, hostname, environment, tags, timeout_default, status: current };
}

type Row = Omit<Candidate, "status"> & { readonly current: Candidate["status"] };
