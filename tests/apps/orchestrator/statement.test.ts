import { statement } from "@homeslice/orchestrator/database/statement.ts";
import type { Tables } from "@homeslice/orchestrator/database/tables.ts";
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from "kysely";
import { expect, test } from "vitest";

const database = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

test("a statement is put together once, and each value is wherever its place is", () => {
  let built = 0;
  const compare = statement<{ a: string | null; b: readonly number[] }, unknown>((connection, place) => {
    built++;
    return sql`select ${place("b")}, ${"fixed"}, ${place("a")} is distinct from ${place("a")}`.compile(connection);
  });
  const first = compare(database, { a: null, b: [1, 2] });
  const second = compare(database, { a: "x", b: [] });
  expect(built).toBe(1);
  expect(first.parameters).toEqual([[1, 2], "fixed", null, null]);
  expect(second.parameters).toEqual([[], "fixed", "x", "x"]);
  expect([first.sql, second.sql]).toEqual(Array(2).fill("select $1, $2, $3 is distinct from $4"));
});
