import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { freePort } from "@homeslice/cli/process/freePort.ts";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { debianProgram } from "../support/debian.ts";
import { eventually } from "../support/eventually.ts";
import { type Deployed, deploy } from "./deploy.ts";
import { dataOf, rendered } from "./rendered.ts";
import { Sandbox, startPostgresql, stop } from "./servers.ts";

const SUPERUSER = "the superuser's password";
const ACCOUNT = `a "password" with 'quotes'`;
const psql = debianProgram("psql", "postgresql-client");
const redisServer = debianProgram("redis-server", "redis-server");

describe.skipIf("missing" in psql)("a real PostgreSQL with the configuration of the platform", () => {
  const sandbox = new Sandbox();
  let deployed: Deployed;
  let server: Awaited<ReturnType<typeof startPostgresql>>;

  beforeAll(async () => {
    deployed = await deploy("dev", { "homeslice:domain": "home.example.org" });
    for (const [name, text] of Object.entries(dataOf(deployed.find("ConfigMap", "postgresql-config")))) {
      sandbox.write(`/etc/postgresql/${name}`, text);
    }
    const password = sandbox.write("/run/secrets/postgresql-superuser/password", SUPERUSER);
    chmodSync(sandbox.directory, 0o755);
    server = await startPostgresql(sandbox, sandbox.here("/etc/postgresql/postgresql.conf"), password);
    await eventually(
      () => readFileSync(server.log, "utf8").includes("ready to accept connections"),
      "PostgreSQL is up",
    );
  });
  afterAll(async () => {
    await server.stop();
    sandbox.remove();
  });

  const provision = async (name: string) => {
    const sql = dataOf(deployed.find("ConfigMap", `postgresql-${name}-sql`))["provision.sql"] ?? "";
    sandbox.write("/etc/provision/provision.sql", sql);
    const [container] = rendered(deployed.find("Job", `postgresql-${name}-job`)).containers;
    if (!container) throw new Error("the job has no container");
    await sandbox.run(container, { PGHOST: "127.0.0.1", PGPORT: `${server.port}` });
  };
  const query = async (user: string, password: string, database: string, sql: string): Promise<unknown> => {
    const client = new Client({ host: "127.0.0.1", port: server.port, user, password, database });
    await client.connect();
    try {
      const { rows } = await client.query({ text: sql, rowMode: "array" });
      return rows[0]?.[0];
    } finally {
      await client.end();
    }
  };

  it("takes its settings", async () => {
    expect(await query("postgres", SUPERUSER, "postgres", "SHOW shared_buffers")).toBe("128MB");
    expect(await query("postgres", SUPERUSER, "postgres", "SHOW max_wal_size")).toBe("256MB");
  });

  it("gets an account with a database of its own, as often as the job runs", async () => {
    sandbox.write("/run/secrets/postgresql-orchestrator/password", ACCOUNT);
    await provision("orchestrator");
    await provision("orchestrator");
    expect(await query("orchestrator", ACCOUNT, "orchestrator", "SELECT current_user")).toBe("orchestrator");
  });

  it("gets a new password for the account when the secret has changed", async () => {
    sandbox.write("/run/secrets/postgresql-orchestrator/password", "another");
    await provision("orchestrator");
    expect(await query("orchestrator", "another", "orchestrator", "SELECT 1")).toBe(1);
  });

  it("lets nobody else into the database, and nobody in without a password", async () => {
    sandbox.write("/run/secrets/postgresql-monitor/password", ACCOUNT);
    await provision("monitor");
    expect(await query("monitor", ACCOUNT, "postgres", "SELECT pg_has_role('pg_monitor', 'member')")).toBe(true);
    await expect(query("monitor", ACCOUNT, "orchestrator", "SELECT 1")).rejects.toThrow(/permission denied/);
    await expect(query("monitor", "wrong", "postgres", "SELECT 1")).rejects.toThrow(/password authentication failed/);
  });

  it("changes no account when the file with its password is empty", async () => {
    sandbox.write("/run/secrets/postgresql-monitor/password", "");
    await expect(provision("monitor")).rejects.toThrow();
    expect(await query("monitor", ACCOUNT, "postgres", "SELECT 1")).toBe(1);
  });

  it("writes no password to its log", () => {
    expect(readFileSync(server.log, "utf8")).not.toMatch(/password' with|another|superuser's/);
  });
});

describe.skipIf("missing" in redisServer)("a real Redis with the configuration of the platform", () => {
  const sandbox = new Sandbox();
  let ask: (script: string) => Promise<string>;
  let probe: () => Promise<string>;
  let server: ChildProcess;

  beforeAll(async () => {
    const { find } = await deploy("dev", { "homeslice:domain": "home.example.org" });
    const port = await freePort();
    const data = sandbox.here("data");
    mkdirSync(data);
    const conf = (dataOf(find("ConfigMap", "redis-config"))["redis.conf"] ?? "").replace("dir /data", `dir ${data}`);
    const file = sandbox.write("/etc/redis/redis.conf", conf.replace("port 6379", `port ${port}`));
    sandbox.write("/run/secrets/redis-access/users.acl", "user default on >secret ~* &* +@all");
    sandbox.write("/run/secrets/redis-access/password", "secret");
    if ("missing" in redisServer) throw new Error(redisServer.missing);
    server = spawn(redisServer.path, [file], { stdio: "ignore" });
    const [container] = rendered(find("StatefulSet", "redis-statefulset")).containers;
    const command = container?.readinessProbe?.exec?.command;
    if (!container || !command) throw new Error("Redis has no probe");
    const onPort = (words: string[]) => words.map((word) => word.replace("redis-cli", `redis-cli -p ${port}`));
    ask = (script) => sandbox.run({ ...container, command: onPort(["sh", "-c", script]) }, { REDISCLI_AUTH: "secret" });
    probe = () => sandbox.run({ ...container, command: onPort(command) }, {});
    await eventually(
      () =>
        probe().then(
          () => true,
          () => false,
        ),
      "Redis is ready",
    );
  });
  afterAll(async () => {
    await stop(server, "SIGTERM");
    sandbox.remove();
  });

  it("forgets no key, and keeps what it knows in a file", async () => {
    expect(await ask("redis-cli config get maxmemory-policy")).toContain("noeviction");
    expect(await ask("redis-cli config get appendonly")).toContain("yes");
    expect(await ask("redis-cli config get maxmemory")).toContain(`${96 * 1024 ** 2}`);
  });

  it("answers its probe with the right password alone", async () => {
    sandbox.write("/run/secrets/redis-access/password", "wrong");
    await expect(probe()).rejects.toThrow();
    sandbox.write("/run/secrets/redis-access/password", "secret");
    await probe();
  });
});
