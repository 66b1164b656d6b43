import pg from "pg";
import { expect, test } from "vitest";
import { createTestDatabase } from "./postgres.ts";

test("each test database is empty, owned by a role that row-level security binds, and gone after its drop", async () => {
  const database = await createTestDatabase();
  const client = new pg.Client(database);
  await client.connect();
  const { rows } = await client.query(
    "SELECT rolsuper, rolbypassrls, current_setting('server_version_num')::int / 10000 AS major, datlocale FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()",
  );
  expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, major: 18, datlocale: "C.UTF-8" }]);
  await client.query("CREATE TABLE t (a text)");
  await client.end();
  await database.drop();
  await expect(new pg.Client(database).connect()).rejects.toThrow("does not exist");
});
