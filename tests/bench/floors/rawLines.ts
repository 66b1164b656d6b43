import type { Installation } from "../../rig/installation.ts";

const BATCH = 1_000;
const CONNECTIONS = 4;

/** The floor of storing output: lines inserted into a bare table with a key, a thousand a statement. @returns lines a second */
export async function rawLinesRate(installation: Installation, seconds: number): Promise<number> {
  await installation.query("create table raw_lines (source integer, seq bigint, text text, primary key (source, seq))");
  const deadline = performance.now() + seconds * 1_000;
  const counts = await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, source) => await insert(installation, source, deadline)),
  );
  await installation.query("drop table raw_lines");
  return counts.reduce((sum, count) => sum + count, 0) / seconds;
}

async function insert(installation: Installation, source: number, deadline: number): Promise<number> {
  const connection = await installation.connect();
  const texts = Array.from({ length: BATCH }, (_, i) => `${i} The quick brown fox jumps over the lazy dog, once more.`);
  let stored = 0;
  while (performance.now() < deadline) {
    await connection.query({
      name: "lines",
      text: `insert into raw_lines select $1, $2 + position, line from unnest($3::text[]) with ordinality as l (line, position)`,
      values: [source, stored, texts],
    });
    stored += BATCH;
  }
  connection.release();
  return stored;
}
