import { randomBytes, timingSafeEqual } from "node:crypto";
import {
  type Actor,
  ApiError,
  DEFAULT_TENANT,
  decodePublicKey,
  type Enrolled,
  encodePublicKey,
  type NewServer,
  type RequestOf,
  type ResponseOf,
  type Server,
} from "@homeslice/protocol";
import { type Resource, recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { type Connection, isUniqueViolation, transact } from "../database/database.ts";
import { narrowTo } from "../database/tenancy.ts";
import { endingOf } from "../executions/attempt.ts";
import { endAttempts } from "../executions/endings.ts";
import { lockUnfinished } from "../executions/targets.ts";
import { preconditionFailed } from "../http/errors.ts";
import * as enrolment from "./enrolment.ts";
import * as repository from "./repository.ts";

/** Registration, enrolment and deletion of servers: the rules. */
export class Servers {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async list(query: RequestOf<"listServers">["query"]): Promise<ResponseOf<"listServers">> {
    return await repository.listServers(this.#context.database, query);
  }

  /** @throws ApiError not_found */
  async get(serverId: string): Promise<Server> {
    const server = await repository.findServer(this.#context.database, serverId);
    if (server === undefined) throw new ApiError("not_found", `there is no server ${serverId}`);
    return server;
  }

  async health(serverId: string): Promise<ResponseOf<"getServerHealth">> {
    const { status } = await this.get(serverId);
    const running = await repository.countOpenTargets(this.#context.database, serverId);
    return { server_id: serverId, healthy: status.current !== "unreachable", status, running_executions: running };
  }

  /** Creates a server and the token with which its agent enrols. */
  async register(server: NewServer, actor: Actor): Promise<ResponseOf<"registerServer">> {
    const { database, now, timings } = this.#context;
    const token = randomBytes(32).toString("base64url");
    const expiresAt = new Date(now().getTime() + timings.enrolmentMs);
    const serverId = await database.transaction().execute(async (transaction) => {
      const id = await repository.insertServer(transaction, server, actor.id);
      await enrolment.insertEnrolmentToken(transaction, token, id, expiresAt);
      await recordChange(transaction, actor, "server.registered", resource(id, server), server);
      return id;
    });
    return {
      server: await this.get(serverId),
      enrolment_token: token,
      enrolment_expires_at: expiresAt.toISOString(),
    };
  }

  /** Changes what people say of a server. @throws ApiError not_found, precondition_failed */
  async update(serverId: string, server: NewServer, version: number | undefined, actor: Actor): Promise<Server> {
    const updated = await this.#context.database.transaction().execute(async (transaction) => {
      if (!(await repository.updateServer(transaction, serverId, server, version))) return false;
      await recordChange(transaction, actor, "server.updated", resource(serverId, server), server);
      return true;
    });
    const current = await this.get(serverId);
    if (!updated) throw preconditionFailed("server", current.version);
    return current;
  }

  /** Deletes a server; what it still had to do is lost. @throws ApiError not_found, precondition_failed */
  async delete(serverId: string, version: number | undefined, actor: Actor): Promise<void> {
    const { database, bus } = this.#context;
    await transact(database, async (transaction) => {
      // Its work first: who reports on it holds that before the server.
      const unfinished = await lockUnfinished(transaction, serverId);
      if (!(await repository.deleteServer(transaction, serverId, version))) {
        throw preconditionFailed("server", (await this.get(serverId)).version);
      }
      await endAttempts(
        transaction,
        unfinished.map((target) => endingOf(target, "lost", "the server was deleted")),
      );
      await recordChange(transaction, actor, "server.deleted", resource(serverId));
    });
    bus.publish({ kind: "server", server_id: serverId });
  }

  /** Registers the key of an agent. @throws ApiError not_authenticated, whatever was wrong with the token */
  async enrol({ token, public_key, hostname }: RequestOf<"enrolAgent">["body"], actor: Actor): Promise<Enrolled> {
    const { database, jobKey } = this.#context;
    const publicKey = canonicalKey(public_key);
    try {
      const serverId = await database.transaction().execute(async (transaction) => {
        const id = await this.#admit(transaction, token, hostname);
        if (id !== undefined && (await enrolment.setServerKey(transaction, id, publicKey))) {
          const agent: Actor = { ...actor, type: "agent", id };
          await recordChange(transaction, agent, "agent.enrolled", resource(id, { hostname }));
          return id;
        }
        throw new ApiError("not_authenticated", "the enrolment token is unknown, used or over", {
          fix: "register the server again to get a new token: it can be used once, within 15 minutes",
        });
      });
      return { server_id: serverId, orchestrator_key: encodePublicKey(jobKey) };
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new ApiError("conflict", "this key belongs to another server", {
        fix: "let the agent make a key of its own",
      });
    }
  }

  /** The server that a token lets in: the one it was made for, or a new node of the cluster. From then on, all is its tenant's. */
  async #admit(transaction: Connection, token: string, hostname: string): Promise<string | undefined> {
    const { environment, now } = this.#context;
    if (!this.#isClusterToken(token)) {
      const used = await enrolment.useEnrolmentToken(transaction, token, now());
      if (used !== undefined) await narrowTo(transaction, used.tenant_id);
      return used?.server_id;
    }
    await narrowTo(transaction, DEFAULT_TENANT);
    const none = { job_limit: null, timeout_default: null };
    const node = { hostname, environment, server_group: "cluster", tags: ["kubernetes"], ...none };
    return await repository.insertServer(transaction, node, "cluster enrolment");
  }

  #isClusterToken(token: string): boolean {
    const secret = this.#context.clusterEnrolment;
    if (secret === undefined) return false;
    const [given, expected] = [Buffer.from(token), Buffer.from(secret)];
    return given.byteLength === expected.byteLength && timingSafeEqual(given, expected);
  }
}

function resource(id: string, { hostname = null }: { hostname?: string | null } = {}): Resource {
  return { type: "server", id, name: hostname };
}

/** One spelling for one key, so that the same key cannot be registered twice. */
function canonicalKey(text: string): string {
  try {
    return encodePublicKey(decodePublicKey(text));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ApiError("invalid_request", "the request has 1 problem", {
      errors: [{ path: "body.public_key", message: error.message }],
    });
  }
}
