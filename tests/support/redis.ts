import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { freePort } from "@homeslice/cli/process/freePort.ts";
import { debianProgram } from "./debian.ts";
import { eventually } from "./eventually.ts";

/** A real Redis on a free port, as the platform runs it: with a password, and never evicting. */
export class TestRedis {
  readonly host = "127.0.0.1";
  readonly port: number;
  readonly password = randomBytes(16).toString("base64url");
  readonly #program: string;
  #process: ChildProcess | undefined;

  private constructor(program: string, port: number) {
    this.#program = program;
    this.port = port;
  }

  /** @returns a Redis that is not started yet, or why none can be had */
  static async find(): Promise<TestRedis | { missing: string }> {
    const program = debianProgram("redis-server", "redis-server");
    return "missing" in program ? program : new TestRedis(program.path, await freePort());
  }

  /** Its process, once it is started. */
  get child(): ChildProcess {
    if (this.#process === undefined) throw new Error("Redis is not started");
    return this.#process;
  }

  async start(): Promise<void> {
    const settings = { bind: this.host, port: this.port, requirepass: this.password, save: "" };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.#process = spawn(this.#program, [...args, "--maxmemory-policy", "noeviction"], {
      cwd: "/tmp",
      stdio: "ignore",
    });
    await eventually(() => this.#answers(), "Redis answers");
  }

  /** Ends it without warning. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
    const exited = once(process, "exit");
    process.kill("SIGKILL");
    await exited;
  }

  async #answers(): Promise<boolean> {
    const socket = connect(this.port, this.host);
    try {
      await once(socket, "connect");
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
}
