import { closeCode } from "@homeslice/protocol/closeCode.ts";
import {
  type AgentDescription,
  type AgentMessage,
  commonVersion,
  type HeldAttempt,
  helloBytes,
  LINK_PATH,
  LINK_VERSION,
  LINK_VERSIONS,
  MAX_FRAME_BYTES,
  OrchestratorMessage,
} from "@homeslice/protocol/link.ts";
import type { HostStatus } from "@homeslice/protocol/servers.ts";
import { signBytes } from "@homeslice/protocol/signing.ts";
import type { Logger } from "pino";
import { type RawData, WebSocket } from "ws";
import type { Clock, Timings } from "../clock.ts";
import { messageOf } from "../errors.ts";
import type { Identity } from "../identity/identity.ts";
import type { Outgoing } from "./messages.ts";

/** What the orchestrator sends once it knows the agent. */
export type Instruction = Exclude<OrchestratorMessage, { type: "challenge" }>;

export interface ConnectionOptions {
  /** Base URL of the orchestrator. */
  readonly orchestratorUrl: string;
  readonly identity: Identity;
  readonly description: AgentDescription;
  readonly hostStatus: () => Promise<HostStatus>;
  /** What the agent holds at the moment that it says hello. */
  readonly held: () => HeldAttempt[];
  /** Called with `welcome` first. */
  readonly onInstruction: (instruction: Instruction) => void;
  readonly clock: Clock;
  readonly timings: Timings;
  readonly log: Logger;
}

/** What the orchestrator may send when. */
const expected = {
  opened: ["challenge"],
  greeted: ["welcome"],
  welcomed: ["run", "cancel", "stored", "settled"],
} as const satisfies Record<string, readonly OrchestratorMessage["type"][]>;

/** One WebSocket to the orchestrator, from the handshake to its end. */
export class Connection {
  /** Resolves when the connection is over, to the reason. */
  readonly ended: Promise<string>;
  readonly #options: ConnectionOptions;
  readonly #socket: WebSocket;
  #phase: keyof typeof expected | "over" = "opened";
  #lastHeard: number;
  #timers: (() => void)[] = [];
  #failure: string | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#lastHeard = options.clock.monotonic();
    const url = options.orchestratorUrl.replace(/^http/, "ws") + LINK_PATH;
    const { handshake } = options.timings;
    const settings = { perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES, handshakeTimeout: handshake };
    this.#socket = new WebSocket(url, settings);
    this.#timers.push(options.clock.after(2 * handshake, () => this.#greetingOverdue()));
    this.ended = this.#listen();
  }

  get welcomed(): boolean {
    return this.#phase === "welcomed";
  }

  /** Sends a message to an orchestrator that has welcomed the agent. False: the connection is over. */
  send(message: Outgoing): boolean {
    if (!this.welcomed || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#transmit(message);
    return true;
  }

  /** Says goodbye; cuts the connection when that is not answered. */
  close(): void {
    this.#socket.close(1001);
    this.#timers.push(this.#options.clock.after(1_000, () => this.#socket.terminate()));
  }

  #listen(): Promise<string> {
    const socket = this.#socket;
    const heard = () => {
      this.#lastHeard = this.#options.clock.monotonic();
    };
    socket.on("open", () => this.#keepAlive());
    socket.on("ping", heard);
    socket.on("pong", heard);
    socket.on("message", (data) => {
      heard();
      this.#receive(data);
    });
    socket.on("error", (error) => {
      this.#failure ??= error.message;
    });
    return new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        this.#phase = "over";
        for (const callOff of this.#timers) callOff();
        resolve(this.#failure ?? `closed by the orchestrator: ${code} ${reason.toString()}`.trim());
      });
    });
  }

  #receive(data: RawData): void {
    let message: OrchestratorMessage;
    try {
      message = OrchestratorMessage.parse(JSON.parse(data.toString()));
      if (!this.#isExpected(message)) throw new Error(`${message.type} at the wrong time`);
    } catch (error) {
      this.#fail(`the orchestrator sent a frame that this agent does not understand: ${messageOf(error)}`);
      this.#socket.close(closeCode.invalid_message);
      return;
    }
    if (message.type === "challenge" && commonVersion(message.versions) === undefined) {
      this.#fail(`the orchestrator speaks versions ${message.versions} of the link, and this agent ${LINK_VERSIONS}`);
      return;
    }
    if (message.type === "challenge") {
      this.#phase = "greeted";
      this.#hello(message.nonce).catch((error: unknown) => this.#fail(messageOf(error)));
      return;
    }
    if (message.type === "welcome") {
      this.#phase = "welcomed";
      this.#heartbeat(message.heartbeat_seconds * 1_000);
    }
    this.#options.onInstruction(message);
  }

  #isExpected({ type }: OrchestratorMessage): boolean {
    return this.#phase !== "over" && expected[this.#phase].some((one) => one === type);
  }

  async #hello(nonce: string): Promise<void> {
    const { identity, description, hostStatus, held } = this.#options;
    const signature = signBytes(helloBytes(nonce, identity.serverId), identity.privateKey);
    const status = await hostStatus();
    this.#transmit({
      type: "hello",
      versions: [...LINK_VERSIONS],
      server_id: identity.serverId,
      signature,
      agent: description,
      status,
      held: held(),
    });
  }

  #heartbeat(milliseconds: number): void {
    const beat = async () => this.send({ type: "heartbeat", status: await this.#options.hostStatus() });
    this.#every(milliseconds, () => {
      beat().catch((error: unknown) => this.#options.log.error({ err: error }, "heartbeat failed"));
    });
  }

  /** A half-open connection looks like a quiet one: only a missing answer tells. */
  #keepAlive(): void {
    const { clock, timings } = this.#options;
    this.#every(timings.ping, () => {
      if (clock.monotonic() - this.#lastHeard > 2 * timings.ping)
        this.#fail("the orchestrator does not answer any more");
      else this.#socket.ping();
    });
  }

  #greetingOverdue(): void {
    if (!this.welcomed) this.#fail("the orchestrator did not welcome this agent in time");
  }

  #fail(reason: string): void {
    this.#failure ??= reason;
    this.#socket.terminate();
  }

  #every(milliseconds: number, action: () => void): void {
    const slot = this.#timers.length;
    const arm = () => {
      this.#timers[slot] = this.#options.clock.after(milliseconds, () => {
        arm();
        action();
      });
    };
    arm();
  }

  #transmit(message: Outgoing): void {
    const frame: AgentMessage = { v: LINK_VERSION, ...message };
    this.#socket.send(JSON.stringify(frame));
  }
}
