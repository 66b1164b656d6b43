import { type ChildProcess, fork } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { deriveKey, encodePublicKey, generateKeyPair, privateKeyFromSeed } from "@homeslice/protocol";
import { eventually } from "../support/eventually.ts";
import { type FleetOrder, FleetReport } from "./fleetProtocol.ts";
import type { Installation } from "./installation.ts";

/** Simulated agents in one process. */
const PER_PROCESS = 2_500;

/** Simulated agents, enrolled and connected, in few processes. */
export class Fleet {
  readonly serverIds: string[] = [];
  readonly #installation: Installation;
  readonly #urls: readonly string[];
  readonly #processes: ChildProcess[] = [];

  /** @param urls the orchestrators, to which the agents connect in turn */
  constructor(installation: Installation, urls: readonly string[]) {
    this.#installation = installation;
    this.#urls = urls;
  }

  /** Adds agents until there are `size`, and waits until all are connected. */
  async grow(size: number): Promise<void> {
    const missing = size - this.serverIds.length;
    for (let left = missing; left > 0; left -= PER_PROCESS) await this.#add(Math.min(left, PER_PROCESS));
    await eventually(async () => (await this.report()).connected === size, `${size} agents are connected`, 120_000);
  }

  /** What the agents did; `starts` are those since the last report. */
  async report(): Promise<FleetReport> {
    const reports = await Promise.all(
      this.#processes.map(async (child) => {
        const answer = once(child, "message");
        child.send({ type: "report" } satisfies FleetOrder);
        return FleetReport.parse((await answer)[0]);
      }),
    );
    return {
      connected: sum(reports.map(({ connected }) => connected)),
      settled: sum(reports.map(({ settled }) => settled)),
      repeated: sum(reports.map(({ repeated }) => repeated)),
      starts: Object.assign({}, ...reports.map(({ starts }) => starts)),
    };
  }

  close(): void {
    for (const child of this.#processes) if (child.connected) child.disconnect();
  }

  async #add(count: number): Promise<void> {
    const keys = new Map(
      Array.from({ length: count }, () => generateKeyPair()).map(({ publicKey, privateKey }) => [
        encodePublicKey(publicKey),
        privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
      ]),
    );
    const rows = await this.#installation.query<{ server_id: string; public_key: string }>(
      `insert into servers (hostname, environment, created_by, public_key)
       select 'simulated', 'dev', 'rig', key from unnest($1::text[]) key returning server_id, public_key`,
      [[...keys.keys()]],
    );
    const agents = rows.map((row) => ({ serverId: row.server_id, privateKey: keys.get(row.public_key) ?? "" }));
    this.serverIds.push(...agents.map(({ serverId }) => serverId));
    const jobKey = privateKeyFromSeed(deriveKey(this.#installation.secret, "job-signing"));
    const child = fork(join(import.meta.dirname, "fleetMain.ts"), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.#installation.guard.add(child);
    this.#processes.push(child);
    const orchestratorKey = encodePublicKey(createPublicKey(jobKey));
    child.send({ type: "connect", urls: [...this.#urls], orchestratorKey, agents } satisfies FleetOrder);
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
