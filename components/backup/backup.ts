import type { Config } from "@homeslice/config";
import { Component, cronJob, DEFAULT_USER, type Environment } from "../kit/index.ts";
import { type DatabaseLink, IMAGE_USER } from "../postgresql/postgresql.ts";
import { bucketRepository, copiedOffSite, type Repository, serverRepository } from "./repository.ts";
import { backupScript, fetchScript, keepScript, refillScript } from "./scripts.ts";
import { type Step, Steps, type Subject } from "./steps.ts";

export type BackupArgs = Config["backup"] & {
  /** Every database there is, as its owner. */
  readonly databases: ReadonlyMap<string, DatabaseLink>;
  /** The account that may read all of them, and change nothing. */
  readonly reader: DatabaseLink;
};

/** How the steps of a pod run. */
interface Run {
  /** When; left out, on demand alone. */
  readonly schedule?: string;
  readonly user?: number | undefined;
  /** Whose volume has to be within reach, if it has one. */
  readonly near?: Subject;
}

/** A template that never runs by itself has a schedule nonetheless. */
const NEVER = "0 0 1 1 *";
const DEADLINE_SECONDS = 6 * 3600;

/**
 * Encrypted backups of what the services of the catalogue declare: a scheduled job for each with a repository of its
 * own, a drill that proves the newest snapshot, and the templates from which the command line restores and lists:
 * `backup-SERVICE`, `backup-SERVICE-drill`, `backup-SERVICE-restore` and `backup-list`.
 *
 * @example
 * const { databases } = postgresql;
 * new Backup("backup", { ...config.backup, databases, reader: postgresql.reader("backup") }, environment);
 */
export class Backup extends Component {
  readonly #args: BackupArgs;
  readonly #steps: Steps;
  readonly #repository: Repository;

  constructor(name: string, args: BackupArgs, environment: Environment) {
    super("Backup", name, environment);
    this.#args = args;
    this.#repository = this.#createRepository();
    this.#steps = new Steps(environment, this.#repository, args);
    const subjects = this.#subjects();
    for (const subject of subjects) {
      this.#backUp(subject);
      this.#drill(subject);
      this.#restore(subject);
    }
    this.#list(subjects.map(({ service }) => service));
    this.registerOutputs({});
  }

  #createRepository(): Repository {
    const { repository, s3 } = this.#args;
    const secrets = { owner: this, key: this.generate("key", 64), password: this.generate("password", 48) };
    if (s3 && repository === "s3") return bucketRepository(secrets, s3);
    const server = serverRepository(secrets, this.#args);
    return s3 ? copiedOffSite(server, secrets, s3) : server;
  }

  /** What there is to back up: of the databases that the catalogue names, those that the environment has. */
  #subjects(): Subject[] {
    return Object.entries(this.environment.catalogue).flatMap(([service, { backup }]) => {
      const databases = (backup?.databases ?? []).filter((database) => this.#args.databases.has(database));
      const volume = backup?.volume;
      return databases.length > 0 || volume ? [{ service, databases, ...(volume && { volume }) }] : [];
    });
  }

  #backUp(subject: Subject): void {
    const { daily, weekly, monthly } = this.#args.keep;
    const rules = { KEEP_DAILY: `${daily}`, KEEP_WEEKLY: `${weekly}`, KEEP_MONTHLY: `${monthly}` };
    const steps = [
      ...this.#steps.dump(subject),
      this.#steps.store("store", backupScript, subject, { TAG: "scheduled", ...rules }),
    ];
    const { schedule } = this.#args;
    this.#run(subject.service, steps, { schedule, user: subject.volume?.user, near: subject });
  }

  /** Restores aside; databases as the user for whom the image of PostgreSQL can make a server. */
  #drill(subject: Subject): void {
    const user = subject.databases.length > 0 ? IMAGE_USER : undefined;
    this.#run(`${subject.service}-drill`, this.#steps.prove(subject), { schedule: this.#args.drill, user });
  }

  #restore(subject: Subject): void {
    const steps = [
      ...this.#steps.dump(subject),
      this.#steps.store("keep", keepScript, subject, { TAG: "before-restore" }),
      this.#steps.store("fetch", fetchScript, subject, { SNAPSHOT: "latest" }),
      ...this.#steps.load(subject),
      ...(subject.volume ? [this.#steps.store("refill", refillScript, subject)] : []),
    ];
    this.#run(`${subject.service}-restore`, steps, { user: subject.volume?.user });
  }

  #list(services: readonly string[]): void {
    this.#run("list", [this.#steps.list(services)], {});
  }

  /** A pod in which one step follows the other: the last is its container, the others come before. */
  #run(part: string, steps: readonly Step[], how: Run): void {
    const [last, ...earlier] = steps.toReversed();
    if (!last) throw new Error(`${part} has no steps`);
    const before = earlier.toReversed();
    cronJob(this, part, {
      schedule: how.schedule ?? NEVER,
      onDemand: how.schedule === undefined,
      deadlineSeconds: DEADLINE_SECONDS,
      user: how.user ?? DEFAULT_USER,
      before: Object.fromEntries(before.map(({ name, container }) => [name, container])),
      usesBefore: Object.fromEntries(before.map(({ name, uses }) => [name, uses])),
      container: last.container,
      uses: last.uses,
      outside: this.#repository.outside,
      ...(how.near?.volume && { spec: this.#onTheNodeOf(how.near.service) }),
    });
  }

  /** A volume is attached to one node: who wants to read it has to be there too. */
  #onTheNodeOf(service: string) {
    const matchLabels = {
      "app.kubernetes.io/name": service,
      "app.kubernetes.io/component": "server",
      "app.kubernetes.io/instance": this.environment.instance,
    };
    const term = { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels } };
    return { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
  }
}
