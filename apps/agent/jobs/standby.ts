import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { JournalRecord } from "../journal/records.ts";
import type { Prepared } from "../operations/preparation.ts";
import type { Hidden } from "../sandbox/hidden.ts";
import type { Confinement } from "../sandbox/sandbox.ts";
import { closeRecords, openRecordFiles, type RecordFiles, syncRecords } from "./attemptRecords.ts";
import { commandEnvironment, variablesOfAttempt } from "./command.ts";
import { confineIn, hiddenBy } from "./confinement.ts";
import { bootId } from "./processes.ts";
import { BEGIN, END, ENTER, type Launch, NOT_STARTED, type Shim, spawnScript } from "./shim.ts";
import type { Workshop } from "./workshop.ts";

/**
 * As the shim, but the sandbox comes first: in it waits a shell for what it becomes. The first line of standard input
 * is the word to go; what follows is passed on to that shell, once the token is taken.
 */
const SCRIPT = `${BEGIN}
{
  read -r homeslice_line && set -C && echo $$ >"$0/$1" && set +C &&
    while IFS= read -r homeslice_line; do printf '%s\\n' "$homeslice_line"; done
} | (${ENTER}
  exec "$@" /bin/sh
) >>"$0/stdout" 2>>"$0/stderr"
homeslice_status=$?
read -r homeslice_taker <"$0/$1" && [ "$homeslice_taker" = $$ ] || exit ${NOT_STARTED}
${END}`;

/** A longer one is started sooner than it is passed on. */
const MAX_BYTES = 4_096;

/** What a sandbox is made of besides its arguments: with another one, it would be another sandbox by now. */
interface View {
  readonly hidden: readonly Hidden[];
  /** The file systems of the server. */
  readonly mounts: string;
}

/** A shim that was started before there is a command for it, in a sandbox as most commands get it. */
export class Standby {
  readonly #shop: Workshop;
  readonly #shim: Shim;
  readonly #launch: Launch;
  readonly #view: View;
  readonly #since: number;
  #records: RecordFiles | undefined;
  #started = false;

  /** Undefined when the policy does not let anything start. @throws when there is no room for it */
  static async open(directory: string, serverId: string, shop: Workshop): Promise<Standby | undefined> {
    // Not the directories above: where they are gone, nothing is to come back.
    await mkdir(directory, { mode: 0o700 });
    let records: RecordFiles | undefined;
    let standby: Standby | undefined;
    try {
      await mkdir(join(directory, "work"), { mode: 0o700 });
      records = await openRecordFiles(directory);
      await syncRecords(directory);
      standby = await Standby.#spawn(records, serverId, shop);
      return standby;
    } finally {
      if (standby === undefined) await remove(directory, shop, records);
    }
  }

  static async #spawn(records: RecordFiles, serverId: string, shop: Workshop): Promise<Standby | undefined> {
    const { directory } = records;
    const view = { mounts: mountsOfServer(), hidden: await hiddenBy(shop) };
    const wanted = { limits: shop.policy().limits, isolate: true };
    const confinement = await confineIn(directory, shop, wanted, view.hidden);
    if ("refusal" in confinement) return undefined;
    const environment = common(commandEnvironment({ executionId: "", serverId, attempt: 0 }, directory));
    const { wrapper: argv, groups } = confinement;
    const workingDirectory = join(directory, "work");
    const launch = { directory, token: `start.${randomUUID()}`, groups, argv, environment, workingDirectory };
    return new Standby(launch, view, records, await spawnScript(SCRIPT, launch, "pipe"), shop);
  }

  private constructor(launch: Launch, view: View, records: RecordFiles, shim: Shim, shop: Workshop) {
    this.#launch = launch;
    this.#view = view;
    this.#records = records;
    this.#shim = shim;
    this.#shop = shop;
    this.#since = shop.clock.monotonic();
    // Whether it is there is seen by its process.
    shim.stdin?.on("error", () => {});
  }

  /** Of the attempt that it will serve. */
  get directory(): string {
    return this.#launch.directory;
  }

  /** What the journal says before it is started. */
  async startingAt(at: string): Promise<JournalRecord> {
    const waited = (this.#shop.clock.monotonic() - this.#since) / 1_000;
    return { type: "starting", at, token: this.#launch.token, boot_id: await bootId(), waited };
  }

  /** Whether it still waits, and not for so long that its view of the system may be an old one. */
  get isFresh(): boolean {
    const { clock, timings } = this.#shop;
    const alive = this.#shim.exitCode === null && this.#shim.signalCode === null;
    return alive && clock.monotonic() - this.#since < timings.standbyAge;
  }

  /** Whether the command would get the very same sandbox and environment if it were started now. */
  suits(prepared: Prepared, { wrapper }: Confinement, hidden: readonly Hidden[]): boolean {
    return (
      this.isFresh &&
      isDeepStrictEqual({ hidden, mounts: mountsOfServer() }, this.#view) &&
      isDeepStrictEqual(wrapper, this.#launch.argv) &&
      isDeepStrictEqual(common(prepared.environment), this.#launch.environment) &&
      messageFor(prepared).length <= MAX_BYTES
    );
  }

  /** The files of the attempt, open, and durable in their directories; the caller closes them. */
  takeRecords(): RecordFiles | undefined {
    const records = this.#records;
    this.#records = undefined;
    return records;
  }

  /** Lets it become the command. */
  start(prepared: Prepared): Shim {
    this.#started = true;
    this.#shim.stdin?.end(messageFor(prepared));
    return this.#shim;
  }

  /** Ends it, if it was not started. */
  async close(): Promise<void> {
    if (this.#started || this.#shim.exitCode !== null || this.#shim.signalCode !== null) return;
    const gone = once(this.#shim, "exit");
    this.#shim.stdin?.end();
    await gone;
  }

  /** Ends it, and deletes all there is of it, unless it serves an attempt. */
  async discard(): Promise<void> {
    await this.close();
    const records = this.takeRecords();
    if (records !== undefined) await remove(this.directory, this.#shop, records);
  }
}

/** @param records its files, as far as they are open */
async function remove(directory: string, { sandbox }: Workshop, records?: RecordFiles): Promise<void> {
  if (records !== undefined) await closeRecords(records);
  await sandbox.release(basename(directory));
  await rm(directory, { recursive: true, force: true });
}

function common(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !variablesOfAttempt.some((own) => own === name)),
  );
}

function mountsOfServer(): string {
  // The kernel has it at hand: that is sooner read than handed to another thread, while those look at the disk.
  return readFileSync("/proc/self/mountinfo", "utf8");
}

/**
 * In braces, so that a shell which gets only a part of it does nothing; on one line, as far as its words are, so that it
 * is passed on at once.
 */
function messageFor({ argv, environment, workingDirectory }: Prepared): Buffer {
  const steps = [
    ...variablesOfAttempt.map((name) => `export ${name}=${quoted(environment[name] ?? "")}`),
    `cd -- ${quoted(workingDirectory)} || exit 126`,
    "unset OLDPWD",
    `exec ${argv.map(quoted).join(" ")} </dev/null`,
  ];
  return Buffer.from(`go\n{ ${steps.join("; ")}; }\n`);
}

/** A word as a shell reads it: between single quotes, nothing but those has a meaning. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
