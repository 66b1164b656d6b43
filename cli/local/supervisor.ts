import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { UserError } from "@homeslice/config/errors.ts";
import { z } from "zod";
import { startOf } from "../process/alive.ts";
import { tryLock } from "../process/fileLock.ts";
import { freePort } from "../process/freePort.ts";
import { Component, type ComponentDefinition } from "./component.ts";
import { defineComponents } from "./definitions.ts";
import { type LocalHome, prepareHome } from "./home.ts";
import { ENDING, endLeftovers } from "./leftovers.ts";
import { boundLogs, endOf, logEvent } from "./logFiles.ts";
import { requireFree } from "./portInUse.ts";
import { POSTGRES_MAJOR } from "./postgres/binaries.ts";
import { prepareSecrets } from "./secrets.ts";
import { componentNames, readRecord, type SupervisorRecord, writeRecord } from "./state.ts";

const LOCK_INTERVAL_MS = 50;

/** Is told of every change: of the record, and in words when it was not planned. */
export type Observe = (record: SupervisorRecord, notice: string | undefined) => void;

/**
 * Runs PostgreSQL, the orchestrator and this machine's agent until it is asked to stop by SIGINT, SIGTERM or SIGHUP;
 * a second signal kills them. At most one supervisor runs on a home.
 *
 * @param port Port of 127.0.0.1 that the orchestrator listens on; 0 takes any free one.
 * @throws UserError when the home or the port cannot be used, when it runs already, or when a component does not start
 */
export async function supervise(home: LocalHome, port: number, observe: Observe): Promise<"ended" | "killed"> {
  prepareHome(home);
  const release = await takeLock(home);
  const endBounds = boundLogs(home);
  try {
    await endLeftovers(home);
    await requireFree(port);
    prepareSecrets(home);
    return await new Supervisor(home, new URL(`http://127.0.0.1:${await freePort(port)}`), observe).run();
  } finally {
    endBounds();
    release();
  }
}

/** Waits for a `down` to finish. @throws UserError `local.running` that says who runs already */
async function takeLock(home: LocalHome): Promise<() => void> {
  for (;;) {
    const attempt = tryLock(home.lock, "up");
    if (attempt.held) return attempt.release;
    if (attempt.holder.purpose !== ENDING) throw runningAlready(home, attempt.holder.pid);
    await setTimeout(LOCK_INTERVAL_MS);
  }
}

function runningAlready(home: LocalHome, pid: number): UserError {
  const record = readRecord(home);
  const url = record?.supervisor.pid === pid ? ` at ${record.url}` : "";
  return new UserError({
    code: "local.running",
    where: home.root,
    what: `Homeslice already runs on this home${url} (process ${pid})`,
    fix: "See ./homeslice status; ./homeslice down ends it.",
  });
}

class Supervisor {
  readonly #home: LocalHome;
  readonly #url: URL;
  readonly #observe: Observe;
  readonly #since = new Date();
  readonly #components: Component[] = [];
  readonly #stop = Promise.withResolvers<void>();
  readonly #version = ownVersion();
  #signals = 0;

  constructor(home: LocalHome, url: URL, observe: Observe) {
    this.#home = home;
    this.#url = url;
    this.#observe = observe;
  }

  async run(): Promise<"ended" | "killed"> {
    const onSignal = () => this.#onSignal();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, onSignal);
    try {
      this.#changed();
      await this.#startAll();
      await this.#stop.promise;
    } finally {
      await this.#stopAll();
    }
    return this.#signals > 1 ? "killed" : "ended";
  }

  async #startAll(): Promise<void> {
    for (const definition of await defineComponents(this.#home, this.#url)) {
      if (this.#signals > 0) return;
      const component = new Component(definition, (changed, reason) => this.#changed(changed, reason));
      this.#components.push(component);
      try {
        await component.start();
      } catch (failure) {
        if (this.#signals > 0) return;
        throw failure instanceof UserError ? failure : cannotStart(definition, failure);
      }
    }
  }

  async #stopAll(): Promise<void> {
    for (const component of this.#components.toReversed()) await component.stop();
  }

  #onSignal(): void {
    this.#signals++;
    this.#stop.resolve();
    void this.#components.at(-1)?.stop(); // also when it is still starting
    if (this.#signals > 1) for (const component of this.#components) component.kill();
  }

  #changed(component?: Component, reason?: string): void {
    const record = this.#record();
    const notice = component && reason && `${component.name} is started again: ${reason}`;
    try {
      writeRecord(this.#home, record);
      logEvent(this.#home, component?.name, notice ?? component?.record.state ?? "supervisor started");
    } catch (error) {
      // A full disk is no reason to leave the components alone.
      this.#observe(record, `${this.#home.state} cannot be written: ${error instanceof Error ? error.message : error}`);
    }
    this.#observe(record, notice);
  }

  #record(): SupervisorRecord {
    const records = this.#components.map(({ record }) => record);
    const start = startOf(process.pid);
    return {
      ready: records.length === componentNames.length && records.every(({ state }) => state === "running"),
      url: this.#url.origin,
      home: this.#home.root,
      since: this.#since.toISOString(),
      versions: { homeslice: this.#version, node: process.versions.node, postgresql: POSTGRES_MAJOR },
      supervisor: { pid: process.pid, ...(start === undefined ? {} : { start }) },
      components: componentNames.map(
        (name) =>
          records.find((record) => record.name === name) ?? { name, state: "stopped", process: null, since: null },
      ),
    };
  }
}

function cannotStart({ name, log }: ComponentDefinition, failure: unknown): UserError {
  const reason = failure instanceof Error ? failure.message : String(failure);
  return new UserError(
    {
      code: "local.start",
      what: `${name} does not start: ${reason}`,
      fix: `The end of its log (${log}):\n${endOf(log)}`,
    },
    { cause: failure },
  );
}

const Package = z.object({ version: z.string() });

function ownVersion(): string {
  return Package.parse(JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"))).version;
}
