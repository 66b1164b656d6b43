import { Locks } from "@homeslice/cli/local/locks/locks.ts";
import { lockTable } from "@homeslice/cli/local/locks/table.ts";
import { UserError } from "@homeslice/config/errors.ts";
import { beforeAll, expect, test } from "vitest";
import { startInstallation } from "../../../apps/orchestrator/harness.ts";

const { installation, url, client } = await startInstallation();
const admin = new Locks(client);
let operator: Locks;
let server: string;

beforeAll(async () => {
  operator = new Locks(await installation.client(url, "operator"));
  server = (await client.call("registerServer", { body: { hostname: "locked" } })).server.server_id;
});

const wish = (more: object = {}) => ({ server, type: "maintenance", reason: "new disk", ttl: "30m", ...more });

const refusal = async (promise: Promise<unknown>) =>
  await promise.then(
    () => "done",
    (error: unknown) => (error instanceof UserError ? `${error.code}: ${error.what}` : error),
  );

test("a lock is taken, shown, extended by its holder, and released by force with a reason", async () => {
  const { lock_id } = await operator.acquire(wish());
  expect(await refusal(operator.acquire(wish()))).toMatch(/^locks\.refused: test operator holds the maintenance lock/);
  const shown = await admin.list(server, false);
  expect(shown.map((lock) => [lock.lock_id, lock.lock_metadata.reason])).toEqual([[lock_id, "new disk"]]);
  expect((await operator.extend(lock_id, "1d")).timing.current_extensions).toBe(1);
  expect(await refusal(admin.extend(lock_id, "1h"))).toBe("locks.refused: the lock is held by test operator");
  expect(await refusal(admin.release(lock_id, undefined))).toBe("locks.refused: the lock is held by test operator");
  expect((await admin.release(lock_id, "its holder left")).ended).toEqual({
    by: "test admin",
    reason: "its holder left",
  });
  expect(await admin.list(server, false)).toEqual([]);
  expect((await admin.list(server, true)).map(({ status }) => status)).toEqual(["force_released"]);
});

test("locks that stand are shown by their end, the first at the top, in lines that no reason can break", async () => {
  expect(lockTable([])).toBe("There is no lock.\n");
  const later = await admin.acquire(wish({ ttl: "2h" }));
  const sooner = await admin.acquire(wish({ type: "emergency", ttl: "1h", reason: "smoke\u001b[2J\nfire" }));
  const lines = lockTable(await admin.list(undefined, false)).split("\n");
  expect(lines[0]).toMatch(/^LOCK +SERVER +TYPE +STATUS +HOLDER +UNTIL +REASON$/);
  expect(lines.slice(1, 3).map((line) => line.split(" ")[0])).toEqual([sooner.lock_id, later.lock_id]);
  expect(lines[1]).toMatch(/smoke�\[2J�fire$/);
  expect(lines).toHaveLength(4);
});

test.each([
  [{ server: "box" }, '--server: "box" is not the id of a server'],
  [{ type: "execution" }, '--type: there is no lock "execution"'],
  [{ reason: "" }, "--reason: this is no reason"],
  [{ ttl: "2d" }, "--ttl: 2d is longer than a lock may hold"],
])("what cannot be meant is refused before anything is asked: %o", async (more, message) => {
  const error = await admin.acquire(wish(more)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect(error instanceof UserError && error.message.split("\n")[0]).toBe(message);
});

test("what is no id of a lock is refused, and one that there is not, too", async () => {
  expect(await refusal(admin.release("1", undefined))).toBe('option.invalid: "1" is not the id of a lock');
  expect(await refusal(admin.release(crypto.randomUUID(), undefined))).toMatch(/^locks\.refused: there is no lock/);
});
