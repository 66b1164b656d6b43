import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import {
  AgentMessage,
  type Attempt,
  type Finish,
  helloBytes,
  type Job,
  LINK_PATH,
  LINK_VERSION,
  type OrchestratorMessage,
  type OutputLine,
  type SignedJob,
} from "@homeslice/protocol/link.ts";
import type { ShellCommand } from "@homeslice/protocol/operations/index.ts";
import {
  decodePublicKey,
  encodePublicKey,
  generateKeyPair,
  signBytes,
  verifyBytes,
} from "@homeslice/protocol/signing.ts";
import { type WebSocket, WebSocketServer } from "ws";

type Sent = OrchestratorMessage extends infer T ? (T extends unknown ? Omit<T, "v"> : never) : never;
export type Hello = Extract<AgentMessage, { type: "hello" }>;

/** The orchestrator's end of the link, as small as the protocol lets it be: it keeps what it is told. */
export class LinkPeer {
  readonly serverId = randomUUID();
  readonly token = randomUUID();
  readonly keys = generateKeyPair();
  readonly messages: AgentMessage[] = [];
  /** Every execution that a job was made for. */
  readonly executions: string[] = [];
  readonly hellos: Hello[] = [];
  /** Every line in the order in which it came, doubles included. */
  readonly lines = new Map<string, OutputLine[]>();
  /** Keys that were registered, and how often that was asked for. */
  readonly enrolled: string[] = [];
  enrolments = 0;
  url = "";
  /** Whether lines are acknowledged, and ends settled, as they come. */
  acknowledge = true;
  settle = true;
  /** Whether lines are kept; false: they are lost on the way. */
  keepLines = true;
  /** Whether agents that connect are greeted. */
  greet = true;
  /** What it says to speak; undefined: nothing, as orchestrators did that spoke the first version only. */
  versions: number[] | undefined;
  /** Every frame that was sent to agents. */
  readonly sent: unknown[] = [];
  /** How many connections were opened. */
  connections = 0;
  heartbeatSeconds = 60;
  /** What the next enrolment is answered with. */
  enrolStatus = 201;
  #http: Server | undefined;
  #sockets: WebSocketServer | undefined;
  #agentKey: string | undefined;
  #socket: WebSocket | undefined;
  #settled = new Map<string, Attempt>();

  static async start(): Promise<LinkPeer> {
    const peer = new LinkPeer();
    const http = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        const [status, answer] = peer.#enrol(body);
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
      });
    });
    peer.#sockets = new WebSocketServer({ server: http, path: LINK_PATH });
    peer.#sockets.on("connection", (socket) => peer.#greet(socket));
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const address = http.address();
    peer.url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    peer.#http = http;
    return peer;
  }

  get connected(): boolean {
    return this.#socket !== undefined;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets?.clients ?? []) socket.terminate();
    this.#sockets?.close();
    this.#http?.close();
    this.#http?.closeAllConnections();
  }

  /** Answers nothing any more, without closing: a half-open connection. */
  fallSilent(): void {
    this.#socket?.pause();
  }

  /** Cuts the connection, as a failing network does. */
  cut(): void {
    this.#socket?.terminate();
    this.#socket = undefined;
  }

  /** A job for this agent; `change` says what is special about it. */
  job(argv: ShellCommand["argv"], change: Partial<Job> = {}): Job {
    const execution_id = randomUUID();
    this.executions.push(execution_id);
    return {
      execution_id,
      fence: 1,
      server_id: this.serverId,
      operation: { type: "shell_command", argv },
      timeout_seconds: 60,
      first_seq: 1,
      not_after: new Date(Date.now() + 60_000).toISOString(),
      ...change,
    };
  }

  sign(job: Job, key = this.keys.privateKey): SignedJob {
    return this.signText(JSON.stringify(job), key);
  }

  signText(payload: string, key = this.keys.privateKey): SignedJob {
    return { payload, signature: signBytes(Buffer.from(payload), key) };
  }

  run(job: Job, signed = this.sign(job), secrets?: SignedJob): void {
    this.send({ type: "run", job: signed, ...(secrets && { secrets }) });
  }

  /** Secrets for a job, as the orchestrator sends them. */
  secretsFor({ execution_id, fence, server_id }: Job, secrets: Record<string, string>): SignedJob {
    return this.signText(JSON.stringify({ execution_id, fence, server_id, secrets }));
  }

  send(message: Sent): void {
    this.sent.push({ v: LINK_VERSION, ...message });
    this.sendText(JSON.stringify({ v: LINK_VERSION, ...message }));
  }

  sendText(frame: string): void {
    this.#socket?.send(frame);
  }

  /** Says that all lines that came are stored. */
  acknowledgeNow({ execution_id, fence }: Attempt): void {
    const seq = this.linesOf({ execution_id, fence }).at(-1)?.seq ?? 0;
    this.send({ type: "stored", execution_id, fence, seq });
  }

  of<T extends AgentMessage["type"]>(type: T, attempt?: Attempt): Extract<AgentMessage, { type: T }>[] {
    return this.messages.filter(
      (message): message is Extract<AgentMessage, { type: T }> =>
        message.type === type &&
        (attempt === undefined || ("execution_id" in message && keyOf(message) === keyOf(attempt))),
    );
  }

  finish(attempt: Attempt): Finish | undefined {
    return this.of("finished", attempt)[0];
  }

  linesOf(attempt: Attempt): OutputLine[] {
    return this.lines.get(keyOf(attempt)) ?? [];
  }

  text(attempt: Attempt, stream?: OutputLine["stream"]): string {
    const lines = this.linesOf(attempt).filter((line) => stream === undefined || line.stream === stream);
    return lines.map((line) => line.text).join("");
  }

  /** Says that the end of an attempt is stored. */
  settleNow(attempt: Attempt): void {
    this.#settled.set(keyOf(attempt), attempt);
    this.send({ type: "settled", execution_id: attempt.execution_id, fence: attempt.fence });
  }

  /** Forgets what came of an attempt. */
  forget(attempt: Attempt): void {
    this.lines.delete(keyOf(attempt));
    this.messages.splice(0, this.messages.length);
  }

  #enrol(body: string): [number, object] {
    this.enrolments++;
    const { token, public_key } = JSON.parse(body);
    if (this.enrolStatus !== 201 || token !== this.token) {
      const status = this.enrolStatus === 201 ? 401 : this.enrolStatus;
      return [
        status,
        { type: "about:blank", title: "no", status, code: "not_authenticated", detail: "the token is used" },
      ];
    }
    this.#agentKey = public_key;
    this.enrolled.push(public_key);
    return [201, { server_id: this.serverId, orchestrator_key: encodePublicKey(this.keys.publicKey) }];
  }

  #greet(socket: WebSocket): void {
    this.connections++;
    if (!this.greet) return;
    const nonce = randomUUID();
    socket.on("message", (data) => this.#receive(AgentMessage.parse(JSON.parse(data.toString())), nonce, socket));
    socket.on("close", () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
    const challenge = { v: LINK_VERSION, type: "challenge", ...(this.versions && { versions: this.versions }), nonce };
    this.sent.push(challenge);
    socket.send(JSON.stringify(challenge));
  }

  #receive(message: AgentMessage, nonce: string, socket: WebSocket): void {
    this.messages.push(message);
    switch (message.type) {
      case "hello":
        this.#welcome(message, nonce, socket);
        break;
      case "output":
        this.#store(message);
        break;
      case "finished":
        if (this.settle) this.settleNow(message);
        break;
      default:
        break;
    }
  }

  #welcome(hello: Hello, nonce: string, socket: WebSocket): void {
    const bytes = helloBytes(nonce, hello.server_id);
    if (!this.#agentKey || !verifyBytes(bytes, hello.signature, decodePublicKey(this.#agentKey))) {
      socket.close(4401, "not authenticated");
      return;
    }
    this.hellos.push(hello);
    this.#socket = socket;
    const stored = hello.held.map(({ execution_id, fence }) => {
      return { execution_id, fence, seq: this.linesOf({ execution_id, fence }).at(-1)?.seq ?? 0 };
    });
    const settled = hello.held.filter((attempt) => this.#settled.has(keyOf(attempt)));
    this.send({ type: "welcome", heartbeat_seconds: this.heartbeatSeconds, stored, settled });
  }

  #store(message: Extract<AgentMessage, { type: "output" }>): void {
    if (!this.keepLines) return;
    const lines = this.linesOf(message);
    lines.push(...message.lines);
    this.lines.set(keyOf(message), lines);
    if (this.acknowledge) this.acknowledgeNow(message);
  }
}

function keyOf({ execution_id, fence }: Attempt): string {
  return `${execution_id}.${fence}`;
}
