import type { KeyObject } from "node:crypto";
import { realpath } from "node:fs/promises";
import { arch, release, type as systemName } from "node:os";
import type { AgentDescription, Finish } from "@homeslice/protocol/link.ts";
import type { Logger } from "pino";
import { type Clock, defaultTimings, systemClock, type Timings } from "./clock.ts";
import type { Settings } from "./config/settings.ts";
import { messageOf } from "./errors.ts";
import type { AgentStatus } from "./http/catalogue.ts";
import { HttpServer } from "./http/server.ts";
import { enrol } from "./identity/enrolment.ts";
import { type Identity, loadIdentity, loadKey } from "./identity/identity.ts";
import { claimStateDirectory, prepareStateDirectory } from "./identity/stateDirectory.ts";
import { Jobs } from "./jobs/jobs.ts";
import { Vault } from "./jobs/vault.ts";
import { Backoff } from "./link/backoff.ts";
import { Link } from "./link/link.ts";
import { HostMeter } from "./metrics/host.ts";
import { Metrics } from "./metrics/metrics.ts";
import { offeredOperations } from "./operations/index.ts";
import { type Policy, readPolicy } from "./policy/policy.ts";
import { Sandbox } from "./sandbox/sandbox.ts";
import { version } from "./version.ts";

/** What a test replaces. */
export interface AgentOptions {
  readonly clock?: Clock;
  readonly timings?: Partial<Timings>;
  readonly random?: () => number;
}

/** The agent of a server: enrols it once, then does what its orchestrator asks, within the policy of its owner. */
export class Agent {
  readonly #settings: Settings;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #timings: Timings;
  readonly #random: () => number;
  readonly #stopping = new AbortController();
  /** What has to be closed, in the order in which it was opened. */
  readonly #opened: (() => Promise<unknown>)[] = [];
  readonly #meter: HostMeter;
  readonly #metrics: Metrics;
  #sandbox: Sandbox | undefined;
  #policy: Policy | undefined;
  #serverId: string | undefined;
  #jobs: Jobs | undefined;
  #link: Link | undefined;
  #http: HttpServer | undefined;

  constructor(settings: Settings, log: Logger, options: AgentOptions = {}) {
    this.#settings = settings;
    this.#log = log;
    this.#clock = options.clock ?? systemClock;
    this.#timings = { ...defaultTimings, ...options.timings };
    this.#random = options.random ?? Math.random;
    this.#meter = new HostMeter(settings.stateDir, this.#clock);
    this.#metrics = new Metrics({
      serverId: () => this.#serverId,
      connected: () => this.ready,
      connections: () => this.#link?.connections ?? 0,
      held: () => this.#jobs?.held() ?? [],
      host: () => this.#meter.measure(),
      protections: () => this.#protections(),
    });
  }

  /** Whether the orchestrator is connected. */
  get ready(): boolean {
    return this.#link?.connected ?? false;
  }

  /** Port of the agent's own HTTP. */
  get port(): number {
    return this.#http?.port ?? 0;
  }

  /** Returns when the agent is enrolled and tries to connect. @throws StartupError for what its owner can mend */
  async start(): Promise<void> {
    const { stateDir, policyFile } = this.#settings;
    await prepareStateDirectory(stateDir);
    const claim = await claimStateDirectory(stateDir);
    this.#opened.push(async () => claim.close());
    const policy = await readPolicy(policyFile);
    this.#policy = policy;
    const privateKey = await loadKey(stateDir);
    const known = await loadIdentity(stateDir, privateKey);
    await this.#openHttp();
    const identity = known ?? (await this.#enrol(privateKey));
    if (identity === undefined) return;
    this.#serverId = identity.serverId;
    const jobs = await this.#openJobs(identity, policy);
    this.#openLink(identity, jobs);
  }

  /** Reads the policy again; keeps the one in force when the new one is broken. */
  async reloadPolicy(): Promise<void> {
    try {
      this.#policy = await readPolicy(this.#settings.policyFile);
      this.#log.info({ file: this.#settings.policyFile }, "policy read");
    } catch (error) {
      this.#log.error({ reason: messageOf(error) }, "the policy is not changed");
    }
  }

  /** Running commands go on and are taken up by the next start, unless the settings say that they are ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const close of this.#opened.reverse()) await close();
  }

  async #openHttp(): Promise<void> {
    const { host, port } = this.#settings;
    const http = await HttpServer.listen({
      host,
      port,
      status: () => this.#status(),
      measure: () => this.#meter.measure(),
      held: () => this.#jobs?.held() ?? [],
      registry: this.#metrics.registry,
      log: this.#log,
    });
    this.#opened.push(() => http.close());
    this.#http = http;
    this.#log.info({ host, port: http.port }, "listening");
  }

  async #enrol(privateKey: KeyObject): Promise<Identity | undefined> {
    const { orchestratorUrl, enrolmentTokenFile: tokenFile, stateDir, nodeName: hostname } = this.#settings;
    const shared = { backoff: this.#backoff(), clock: this.#clock, log: this.#log };
    return await enrol(
      { orchestratorUrl, tokenFile, stateDir, hostname, privateKey, ...shared },
      this.#stopping.signal,
    );
  }

  async #openJobs({ serverId, orchestratorKey }: Identity, policy: Policy): Promise<Jobs> {
    const { stateDir, maxConcurrentJobs, standbyCommands, nodeName } = this.#settings;
    const sandbox = await Sandbox.find(serverId);
    this.#sandbox = sandbox;
    const vault = await Vault.open(stateDir);
    const onFinish = (finish: Finish) => this.#metrics.finished(finish);
    const jobs = await Jobs.open(
      { stateDir, serverId, maxConcurrentJobs, standbyCommands, onFinish },
      { serverId, orchestratorKey },
      {
        hostname: nodeName,
        policy: () => this.#policy ?? policy,
        secretsDir: this.#settings.secretsDir,
        vault,
        ownPaths: await this.#ownPaths(vault),
        sandbox,
        send: (message) => this.#link?.send(message) ?? false,
        clock: this.#clock,
        timings: this.#timings,
        log: this.#log,
      },
    );
    this.#jobs = jobs;
    return jobs;
  }

  #openLink(identity: Identity, jobs: Jobs): void {
    const link = new Link({
      orchestratorUrl: this.#settings.orchestratorUrl,
      identity,
      description: this.#describe(),
      hostStatus: () => this.#meter.measure(),
      held: () => jobs.held(),
      onInstruction: (instruction) => jobs.receive(instruction),
      onDisconnected: () => jobs.disconnected(),
      backoff: this.#backoff(),
      clock: this.#clock,
      timings: this.#timings,
      log: this.#log,
    });
    this.#link = link;
    // The jobs are closed first, so that what is ended by that is still reported.
    this.#opened.push(
      () => link.close(),
      () => jobs.close(this.#settings.stopJobsOnExit),
    );
    link.open();
  }

  async #ownPaths(vault: Vault): Promise<string[]> {
    const { stateDir, secretsDir } = this.#settings;
    const paths = [stateDir, secretsDir, vault.root];
    return await Promise.all(paths.map(async (path) => await realpath(path).catch(() => path)));
  }

  /** What is in force for commands. */
  #protections(): string[] {
    return this.#policy === undefined ? [] : (this.#sandbox?.protections(this.#policy) ?? []);
  }

  #status(): AgentStatus {
    return {
      version,
      hostname: this.#settings.nodeName,
      connected: this.ready,
      connections: this.#link?.connections ?? 0,
      operations: offeredOperations(),
      protections: this.#protections(),
      max_concurrent_jobs: this.#settings.maxConcurrentJobs,
    };
  }

  #describe(): AgentDescription {
    return {
      version,
      hostname: this.#settings.nodeName,
      os_info: `${systemName()} ${release()} ${arch()}`,
      capabilities: [...offeredOperations(), ...this.#protections().map((name) => `protection:${name}`)],
      max_concurrent_jobs: this.#settings.maxConcurrentJobs,
    };
  }

  #backoff(): Backoff {
    return new Backoff(this.#timings.reconnectMin, this.#timings.reconnectMax, this.#random);
  }
}
