import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { deploy } from "../components/deploy.ts";
import { type RenderedContainer, rendered } from "../components/rendered.ts";
import { eventually } from "../support/eventually.ts";
import { BackupBench, missingPrograms } from "./backupBench.ts";

const BACKUP = ["CronJob", "backup-orchestrator-cronjob"] as const;
const RESTORE = ["CronJob", "backup-orchestrator-restore-cronjob"] as const;
const ROWS = "SELECT id, content FROM note ORDER BY id";

const missing = missingPrograms();
if (missing) process.stderr.write(`backups are not tested with real programs: ${missing}\n`);

describe.skipIf(missing)("backup and restore of a real PostgreSQL with the containers of the platform", () => {
  let bench: BackupBench;
  beforeAll(async () => {
    bench = await BackupBench.start({ "homeslice:backup": { keep: { daily: 2, weekly: 1, monthly: 1 } } });
    await bench.sql(`
      CREATE TABLE note (id int PRIMARY KEY, content text NOT NULL);
      INSERT INTO note SELECT number, md5(number::text) FROM generate_series(1, 500) AS number;
      CREATE VIEW short AS SELECT id FROM note WHERE id < 10;
      CREATE TABLE tenant_row (tenant text DEFAULT current_user, content text);
      INSERT INTO tenant_row (content) VALUES ('seen by its tenant alone');
      ALTER TABLE tenant_row ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY own ON tenant_row USING (tenant = current_setting('app.tenant', true));
      CREATE SCHEMA "of another"; CREATE TABLE "of another".thing (id int);`);
    await bench.pod(...BACKUP);
  }, 60_000);
  afterAll(() => bench.stop());

  const newest = async (tag: string) => (await bench.snapshots()).findLast(({ tags }) => tags.includes(tag))?.short_id;

  it("brings back what was dropped, row by row, and keeps what it overwrites", async () => {
    const before = await bench.sql(ROWS);
    await bench.sql(`DROP TABLE note CASCADE; CREATE TABLE later (id int); DROP SCHEMA "of another" CASCADE`);
    await bench.pod(...RESTORE);
    expect(await bench.sql(ROWS)).toEqual(before);
    expect(await bench.sql("SELECT count(*)::int FROM short")).toEqual([[9]]);
    expect(await bench.sql(`SELECT to_regclass('later'), to_regclass('"of another".thing') IS NOT NULL`)).toEqual([
      [null, true],
    ]);
    expect(await newest("before-restore")).toBeTypeOf("string");
  });

  it("keeps rows that row-level security hides even from their owner, and hides them again", async () => {
    expect(await bench.sql("SELECT * FROM tenant_row")).toEqual([]);
    await bench.sql("ALTER TABLE tenant_row NO FORCE ROW LEVEL SECURITY");
    expect(await bench.sql("SELECT content FROM tenant_row")).toEqual([["seen by its tenant alone"]]);
    await bench.sql("ALTER TABLE tenant_row FORCE ROW LEVEL SECURITY");
  });

  it("goes back behind a restore by the snapshot that it made", async () => {
    await bench.sql("CREATE TABLE made_after_the_backup (id int)");
    await bench.pod(...RESTORE);
    expect(await bench.sql("SELECT to_regclass('made_after_the_backup')")).toEqual([[null]]);
    const snapshot = await newest("before-restore");
    await bench.pod(...RESTORE, { SNAPSHOT: snapshot ?? "" });
    expect(await bench.sql("SELECT to_regclass('made_after_the_backup') IS NOT NULL")).toEqual([[true]]);
    await bench.sql("DROP TABLE made_after_the_backup");
  });

  it("changes nothing when the snapshot does not exist, or the load breaks off", async () => {
    const before = await bench.sql(ROWS);
    await expect(bench.pod(...RESTORE, { SNAPSHOT: "0123abcd" })).rejects.toThrow(/0123abcd/);
    expect(await bench.sql(ROWS)).toEqual(before);
    const staging = bench.staging();
    const load = bench.containers(...RESTORE).at(-1);
    mkdirSync(join(staging, "restored/databases"), { recursive: true });
    writeFileSync(join(staging, "restored/databases/orchestrator.dump"), "PGDMP");
    if (!load) throw new Error("nothing loads");
    await expect(bench.sandbox.run(load, bench.surroundings(staging))).rejects.toThrow();
    expect(await bench.sql(ROWS)).toEqual(before);
  });

  it("proves by a drill that the newest snapshot can be restored, with all its rows, and touches nothing", async () => {
    const before = [await bench.sql(ROWS), await bench.snapshots()];
    expect(await bench.drill()).toMatch(/^proved the database orchestrator: 3 tables, 501 rows$/m);
    expect([await bench.sql(ROWS), await bench.snapshots()]).toEqual(before);
  });

  it("fails a drill by a snapshot without what it should hold, and by one that does not load", async () => {
    for (const [dump, complaint] of [
      ["", "has no dump of the database orchestrator"],
      ["PGDMP", "pg_restore: error"],
    ] as const) {
      bench.sandbox.write("databases/orchestrator.dump", dump);
      await bench.restic("backup", "--host", "orchestrator", "--tag", "scheduled", "databases");
      await expect(bench.drill()).rejects.toThrow(complaint);
      await bench.restic("forget", (await newest("scheduled")) ?? "");
    }
  });

  it("is of no use without the right key", async () => {
    const before = await bench.snapshots();
    const wrong = bench.sandbox.write("/run/secrets/wrong/key", "another key");
    for (const [kind, name] of [BACKUP, RESTORE]) {
      await expect(bench.pod(kind, name, { RESTIC_PASSWORD_FILE: wrong })).rejects.toThrow(
        /wrong password|no key found|already/,
      );
    }
    expect(await bench.snapshots()).toEqual(before);
  });

  it("leaves nothing in the repository that can be read without the key", () => {
    const files = readdirSync(bench.repository, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    expect(files.length).toBeGreaterThan(5);
    for (const { parentPath, name } of files) {
      const content = readFileSync(join(parentPath, name));
      expect(["seen by its tenant", "CREATE TABLE", "orchestrator"].filter((text) => content.includes(text))).toEqual(
        [],
      );
    }
  });

  it("survives a backup that is killed: the earlier ones stay, and the next one succeeds", async () => {
    const before = await bench.snapshots();
    const staging = bench.staging();
    mkdirSync(join(staging, "databases"));
    for (let part = 0; part < 20; part += 1) writeFileSync(join(staging, `databases/${part}`), randomBytes(16 << 20));
    const files = () => readdirSync(join(bench.repository, "data"), { recursive: true }).length;
    const stored = files();
    const [container] = bench.containers(...BACKUP).slice(-1);
    if (!container) throw new Error("nothing stores");
    const { child } = startContainer(bench, container, staging);
    await eventually(() => files() > stored + 1, "the backup has begun to store");
    // As the kernel does it when memory runs out: the program, not what started it and learns of its end.
    process.kill(childOf(child), "SIGKILL");
    expect(await once(child, "exit")).toEqual([137, null]);
    expect(await bench.snapshots()).toEqual(before);
    await bench.pod(...BACKUP);
    expect(await newest("scheduled")).not.toBe(before.findLast(({ tags }) => tags.includes("scheduled"))?.short_id);
    await bench.restic("check", "--read-data");
  });

  it("waits for who has the repository alone, and goes on when that one has died", async () => {
    // Under another name a lock is still being written, and nobody heeds it.
    const locks = () => readdirSync(join(bench.repository, "locks")).filter((name) => /^[0-9a-f]{64}$/.test(name));
    const holder = await stoppedWith(bench, locks);
    onTestFinished(() => void holder.kill("SIGKILL"));
    const [container] = bench.containers(...RESTORE).filter(({ name }) => name === "fetch");
    if (!container) throw new Error("nothing fetches");
    const { child, said } = startContainer(bench, container, bench.staging());
    await eventually(() => said() !== "" || child.exitCode !== null, "it waits");
    expect(said()).toContain("the repository is taken");
    holder.kill("SIGKILL");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(locks()).toEqual([]);
  });

  it("drops what the rules of retention do not name, and nothing else", async () => {
    const note = bench.sandbox.write("old/note", "old");
    const tag = ["backup", "--host", "orchestrator", "--tag"];
    const times = ["2026-01-10", "2026-01-20", "2026-02-01", "2026-02-02"].map((day) => `${day} 02:15:00`);
    for (const time of times) await bench.restic(...tag, "scheduled", "--time", time, note);
    await bench.restic(...tag, "before-restore", "--time", times[0] ?? "", note);
    await bench.pod(...BACKUP);
    const days = (await bench.snapshots())
      .filter(({ time }) => time.startsWith("2026-0"))
      .map(({ time }) => time.slice(0, 10));
    expect(days.filter((day) => day < "2026-03-01")).toEqual(["2026-02-02"]);
    expect(await newest("before-restore")).toBeTypeOf("string");
  });

  it("copies every snapshot off-site where a bucket is named", async () => {
    const s3 = { url: "https://s3.example.org/homeslice", accessKeyId: "name", secretAccessKey: "key" };
    const { find } = await deploy("dev", { "homeslice:domain": "home.example.org", "homeslice:backup": { s3 } });
    const [store] = rendered(find(...BACKUP)).containers.slice(-1);
    const [dump] = bench.containers(...BACKUP);
    if (!store || !dump) throw new Error("there is no backup");
    const elsewhere = bench.sandbox.here("elsewhere");
    bench.sandbox.write("/run/secrets/backup-off-site/address", elsewhere);
    const surroundings = bench.surroundings(bench.staging());
    await bench.sandbox.run(dump, surroundings);
    await bench.sandbox.run(store, surroundings);
    const copied = JSON.parse(await bench.restic("snapshots", "--json", "--repo", join(elsewhere, "orchestrator")));
    expect(copied.length).toBe((await bench.snapshots()).length);
  });

  it("lists the snapshots of every service", async () => {
    const text = await bench.pod("CronJob", "backup-list-cronjob");
    const listed = new Map(
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    );
    expect(listed.get("orchestrator")).toHaveLength((await bench.snapshots()).length);
    expect([...listed].filter(([service]) => service !== "orchestrator")).toEqual(
      [...listed.keys()].filter((service) => service !== "orchestrator").map((service) => [service, null]),
    );
  });
});

/** Starts a container without waiting for its end. */
function startContainer(bench: BackupBench, { command, env: variables }: RenderedContainer, staging: string) {
  const [file = "", ...args] = command.map((word) => bench.sandbox.localised(word));
  const own = variables.map(({ name, value = "" }) => [name, bench.sandbox.localised(value)]);
  const env = { ...Object.fromEntries(own), ...bench.surroundings(staging) };
  const child = spawn(file, args, { env, stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  return { child, said: () => text };
}

/** A process that has the repository alone, and does nothing more. */
async function stoppedWith(bench: BackupBench, locks: () => readonly string[]): Promise<ChildProcess> {
  for (;;) {
    const holder = bench.startRestic("check", "--read-data");
    await eventually(() => locks().length > 0 || holder.exitCode !== null, "the repository is locked");
    holder.kill("SIGSTOP");
    // It goes on for a moment, in which it may give its lock back.
    await eventually(() => holder.exitCode !== null || isStopped(holder), "it stands still");
    if (locks().length > 0) return holder;
    holder.kill("SIGKILL");
  }
}

function isStopped({ pid }: ChildProcess): boolean {
  return /^State:\tT/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

/** The process that a shell waits for. */
function childOf({ pid }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());
}
