import type { KeyObject } from "node:crypto";
import {
  type AgentMessage,
  createClient,
  encodePublicKey,
  generateKeyPair,
  type HeldAttempt,
  type HostStatus,
  helloBytes,
  Job,
  LINK_PATH,
  LINK_VERSION,
  OrchestratorMessage,
  signBytes,
} from "@homeslice/protocol";
import { WebSocket } from "ws";
import { eventually } from "../../support/eventually.ts";

export const status: HostStatus = {
  uptime_seconds: 1,
  load_average: [0, 0, 0],
  memory_usage_percent: 1,
  disk_usage_percent: 1,
};

type Sent = OrchestratorMessage["type"];
type Received<T extends Sent> = Extract<OrchestratorMessage, { type: T }>;
/** `Omit` that keeps the members of a union apart. */
type Unversioned<M> = M extends unknown ? Omit<M, "v"> : never;

/** An agent's key and identity, which outlive its links. */
export class TestAgent {
  readonly serverId: string;
  readonly #key: KeyObject;

  private constructor(serverId: string, key: KeyObject) {
    this.serverId = serverId;
    this.#key = key;
  }

  static async enrol(url: string, token: string): Promise<TestAgent> {
    const { publicKey, privateKey } = generateKeyPair();
    const body = { token, public_key: encodePublicKey(publicKey), hostname: "test-host" };
    const { server_id } = await createClient({ url }).call("enrolAgent", { body });
    return new TestAgent(server_id, privateKey);
  }

  /** An agent that has enrolled by itself. */
  static of(serverId: string, key: KeyObject): TestAgent {
    return new TestAgent(serverId, key);
  }

  /** The same identity claimed with a key of somebody else. */
  impostor(): TestAgent {
    return new TestAgent(this.serverId, generateKeyPair().privateKey);
  }

  /** Opens a link and says hello; the caller waits for `welcome` or for the close. */
  async connect(url: string, held: readonly HeldAttempt[] = [], versions?: number[]): Promise<TestLink> {
    const link = new TestLink(new WebSocket(url.replace("http", "ws") + LINK_PATH));
    const { nonce } = await link.receive("challenge");
    const signature = signBytes(helloBytes(nonce, this.serverId), this.#key);
    const agent = { version: "0.0.0", hostname: "test-host", os_info: "test", max_concurrent_jobs: 4 };
    const description = { ...agent, capabilities: ["shell_command"] };
    link.send({
      type: "hello",
      ...(versions && { versions }),
      server_id: this.serverId,
      signature,
      agent: description,
      status,
      held: [...held],
    });
    return link;
  }
}

/** One link, as the agent sees it. */
export class TestLink {
  readonly received: OrchestratorMessage[] = [];
  closed: number | undefined;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => this.received.push(OrchestratorMessage.parse(JSON.parse(String(data)))));
    socket.on("close", (code) => {
      this.closed = code;
    });
  }

  /** Takes the first message of a type, waiting for it. */
  async receive<T extends Sent>(type: T): Promise<Received<T>> {
    const isWanted = (message: OrchestratorMessage): message is Received<T> => message.type === type;
    await eventually(() => this.received.some(isWanted), `the orchestrator sends ${type}`, 20_000);
    const index = this.received.findIndex(isWanted);
    const [message] = this.received.splice(index, 1).filter(isWanted);
    if (message === undefined) throw new Error(`no ${type}`);
    return message;
  }

  /** Takes the next job. */
  async job(): Promise<Job> {
    const { job } = await this.receive("run");
    return Job.parse(JSON.parse(job.payload));
  }

  send(message: Unversioned<AgentMessage>): void {
    this.sendRaw(JSON.stringify({ v: LINK_VERSION, ...message }));
  }

  sendRaw(text: string): void {
    this.#socket.send(text);
  }

  /** Sends lines of output from a sequence number on. */
  output(job: { execution_id: string; fence: number }, first: number, ...texts: string[]): void {
    const { execution_id, fence } = job;
    const at = new Date().toISOString();
    const lines = texts.map((text, index) => ({ seq: first + index, stream: "stdout" as const, text, at }));
    this.send({ type: "output", execution_id, fence, lines });
  }

  finish(job: { execution_id: string; fence: number }, exit_code: number, last_seq: number): void {
    const { execution_id, fence } = job;
    this.send({
      type: "finished",
      execution_id,
      fence,
      outcome: "exited",
      exit_code,
      error: null,
      last_seq,
      duration_seconds: 0.1,
    });
  }

  /** Stops reading without closing: the other side of a half-open connection. */
  freeze(): void {
    this.#socket.pause();
  }

  async drop(): Promise<void> {
    this.#socket.terminate();
    await eventually(() => this.closed !== undefined, "the link is closed");
  }
}
