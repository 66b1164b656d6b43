import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { chooseAccount, giveTo } from "@homeslice/cli/local/postgres/account.ts";
import { freePort } from "@homeslice/cli/process/freePort.ts";
import { Client } from "pg";
import { z } from "zod";
import { type Deployed, deploy } from "../components/deploy.ts";
import { dataOf, type RenderedContainer, rendered, secretValue } from "../components/rendered.ts";
import { Sandbox, startPostgresql, stop } from "../components/servers.ts";
import { debianProgram } from "../support/debian.ts";
import { eventually } from "../support/eventually.ts";

const run = promisify(execFile);
const debianServers = "/usr/lib/postgresql";
const Snapshots = z.array(z.object({ short_id: z.string(), time: z.string(), tags: z.array(z.string()) }));

/** Why the real programs cannot be had on this machine; undefined when they can. */
export function missingPrograms(): string | undefined {
  const needed = { restic: "restic", rclone: "rclone", pg_createcluster: "postgresql" };
  const found = Object.entries(needed).map(([program, packageName]) => debianProgram(program, packageName));
  return found.flatMap((one) => ("missing" in one ? [one.missing] : [])).join("; ") || undefined;
}

/** The programs of the newest PostgreSQL of Debian: a server, and the tools for dumps that fit it. */
function serverPrograms(): string {
  const [newest] = readdirSync(debianServers).toSorted((left, right) => Number(right) - Number(left));
  return join(debianServers, newest ?? "", "bin");
}

/** The containers of the platform's backups, run against a real PostgreSQL and a real repository behind HTTP. */
export class BackupBench {
  readonly sandbox = new Sandbox();
  readonly deployed: Deployed;
  readonly #programs = serverPrograms();
  readonly #stops: (() => Promise<void>)[] = [];
  #port = 0;
  #staging = 0;

  private constructor(deployed: Deployed) {
    this.deployed = deployed;
  }

  static async start(settings: Readonly<Record<string, unknown>>): Promise<BackupBench> {
    const bench = new BackupBench(await deploy("dev", { "homeslice:domain": "home.example.org", ...settings }));
    await bench.#startPostgresql();
    await bench.#startRepository();
    return bench;
  }

  async stop(): Promise<void> {
    for (const end of this.#stops) await end();
    this.sandbox.remove();
  }

  /** Where the server of the repository keeps it. */
  get repository(): string {
    return this.sandbox.here("repository/orchestrator");
  }

  /** The containers of a pod, in the order in which they run. */
  containers(kind: string, name: string): readonly RenderedContainer[] {
    return rendered(this.deployed.find(kind, name)).containers;
  }

  /** Runs the containers of a pod one after the other, with a shared directory of their own; to the first that fails. */
  async pod(kind: string, name: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const printed: string[] = [];
    const staging = this.staging();
    for (const container of this.containers(kind, name)) {
      printed.push(await this.sandbox.run(container, { ...this.surroundings(staging), ...env }));
    }
    return printed.join("");
  }

  /** Runs a drill, in which PostgreSQL is started by whoever may do that. */
  async drill(env: Readonly<Record<string, string>> = {}): Promise<string> {
    const staging = this.staging();
    const account = await chooseAccount(this.sandbox.directory, join(this.#programs, "postgres"));
    const printed: string[] = [];
    for (const container of this.containers("CronJob", "backup-orchestrator-drill-cronjob")) {
      await giveTo(account, staging);
      const as = container.name === "fetch" ? undefined : account;
      printed.push(await this.sandbox.run(container, { ...this.surroundings(staging), ...env }, as));
    }
    return printed.join("");
  }

  /** A new empty directory in the place of the volume that the steps of a pod share. */
  staging(): string {
    this.#staging += 1;
    const directory = this.sandbox.here(`staging-${this.#staging}`);
    mkdirSync(directory);
    return directory;
  }

  /** What this machine has in the place of the cluster. */
  surroundings(staging: string): Record<string, string> {
    return {
      PATH: `${this.#programs}:${process.env["PATH"]}`,
      PGHOST: "127.0.0.1",
      PGPORT: `${this.#port}`,
      STAGING: staging,
      RESTIC_CACHE_DIR: this.sandbox.here("cache"),
    };
  }

  /** Runs restic on the repository of the orchestrator. */
  async restic(...args: readonly string[]): Promise<string> {
    const { stdout } = await run("restic", args, { env: this.#resticEnv(), cwd: this.sandbox.directory });
    return stdout;
  }

  /** Starts restic on the repository of the orchestrator. */
  startRestic(...args: readonly string[]): ChildProcess {
    return spawn("restic", args, { env: this.#resticEnv(), cwd: this.sandbox.directory, stdio: "ignore" });
  }

  #resticEnv(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      RESTIC_REPOSITORY: this.repository,
      RESTIC_PASSWORD_FILE: this.sandbox.here("/run/secrets/backup-repository/key"),
      RESTIC_CACHE_DIR: this.sandbox.here("cache"),
    };
  }

  async snapshots(): Promise<z.infer<typeof Snapshots>> {
    return Snapshots.parse(JSON.parse(await this.restic("snapshots", "--json", "--no-lock")));
  }

  /** Runs SQL as the owner of the orchestrator's database; resolves to the rows as lists. */
  async sql(text: string): Promise<unknown> {
    const user = "orchestrator";
    const password = readFileSync(this.sandbox.here(`/run/secrets/postgresql-${user}/password`), "utf8");
    const client = new Client({ host: "127.0.0.1", port: this.#port, user, password, database: user });
    await client.connect();
    try {
      return (await client.query({ text, rowMode: "array" })).rows;
    } finally {
      await client.end();
    }
  }

  async #startPostgresql(): Promise<void> {
    for (const [name, text] of Object.entries(dataOf(this.deployed.find("ConfigMap", "postgresql-config")))) {
      this.sandbox.write(`/etc/postgresql/${name}`, text);
    }
    const accounts = this.deployed.resources.flatMap(({ kind, name }) => {
      const [, account] = /^postgresql-(.*)-job$/.exec(name) ?? [];
      return kind === "Job" && account ? [account] : [];
    });
    for (const account of ["superuser", ...accounts]) this.#mount(`postgresql-${account}`);
    chmodSync(this.sandbox.directory, 0o755);
    const [config, password] = ["/etc/postgresql/postgresql.conf", "/run/secrets/postgresql-superuser/password"];
    const server = await startPostgresql(this.sandbox, this.sandbox.here(config), this.sandbox.here(password), {
      postgres: join(this.#programs, "postgres"),
      initdb: join(this.#programs, "initdb"),
    });
    this.#port = server.port;
    this.#stops.push(server.stop);
    const isReady = () => readFileSync(server.log, "utf8").includes("ready to accept connections");
    await eventually(isReady, "PostgreSQL is up");
    // The reader comes last, as it may read the databases that there are.
    for (const name of [...accounts.filter((account) => account !== "backup"), "backup"]) {
      const sql = dataOf(this.deployed.find("ConfigMap", `postgresql-${name}-sql`))["provision.sql"] ?? "";
      this.sandbox.write("/etc/provision/provision.sql", sql);
      await this.pod("Job", `postgresql-${name}-job`);
    }
  }

  /** The protocol of the repository's server, spoken by a program that Debian has, with the accounts of the platform. */
  async #startRepository(): Promise<void> {
    for (const secret of ["server", "repository"]) this.#mount(`backup-${secret}`);
    const address = this.sandbox.here("/run/secrets/backup-repository/address");
    const accounts = this.sandbox.here("/run/secrets/backup-server/htpasswd");
    const port = await freePort();
    const url = readFileSync(address, "utf8").replace(/@[^/]*$/, `@127.0.0.1:${port}`);
    this.sandbox.write("/run/secrets/backup-repository/address", url);
    const args = ["serve", "restic", `--addr=127.0.0.1:${port}`, `--htpasswd=${accounts}`];
    const child = spawn("rclone", [...args, this.sandbox.here("repository")], { stdio: "ignore" });
    this.#stops.push(() => stop(child, "SIGTERM"));
    const answers = () => fetch(`http://127.0.0.1:${port}/`).then(({ status }) => status === 401);
    await eventually(() => answers().catch(() => false), "the repository answers, and asks for a password");
  }

  /** Puts the keys of a Secret where containers find them. */
  #mount(name: string): void {
    const { data } = z.object({ data: z.unknown() }).parse(this.deployed.find("Secret", name).inputs);
    const keys = z.record(z.string(), z.string()).parse(secretValue(data));
    for (const [key, value] of Object.entries(keys)) {
      this.sandbox.write(`/run/secrets/${name}/${key}`, Buffer.from(value, "base64").toString());
    }
  }
}
