import { randomBytes, randomUUID } from "node:crypto";
import { Refusals } from "@homeslice/orchestrator/audit/refusals.ts";
import { type Context, defaultTimings } from "@homeslice/orchestrator/context.ts";
import type { Connection, Database } from "@homeslice/orchestrator/database/database.ts";
import { migrate } from "@homeslice/orchestrator/database/migrate.ts";
import { openDatabases } from "@homeslice/orchestrator/database/tenancy.ts";
import { noHandover } from "@homeslice/orchestrator/executions/handover.ts";
import type { Policy } from "@homeslice/orchestrator/executions/policy.ts";
import { insertExecution, type NewExecutionRow } from "@homeslice/orchestrator/executions/repository.ts";
import { Bus } from "@homeslice/orchestrator/live/bus.ts";
import { Metrics } from "@homeslice/orchestrator/metrics.ts";
import { Outbound } from "@homeslice/orchestrator/notifications/outbound.ts";
import { PushIdentity } from "@homeslice/orchestrator/push/identity.ts";
import { Sealing } from "@homeslice/orchestrator/sealing.ts";
import { DEFAULT_TENANT, ExecutionConfig, generateKeyPair, SuccessCriteria } from "@homeslice/protocol";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll } from "vitest";
import { Installation } from "../harness.ts";

/** How a piece of work is put into the queue. */
export interface NewWork {
  readonly priority?: number;
  readonly policy?: Partial<Policy>;
}

/** The engine of the orchestrator on a database of its own, with nothing that acts by itself: each step is a call. */
export class Engine {
  readonly context: Context;

  static async open(): Promise<Engine> {
    const installation = await Installation.create();
    const databases = openDatabases(installation.settings().database, () => {});
    await migrate(databases.system, "public");
    afterAll(async () => {
      await databases.close();
      await installation.destroy();
    });
    const [orchestratorId, log, now] = [randomUUID(), pino({ level: "silent" }), () => new Date()];
    const transport = { open: async () => {}, send: async () => {}, close: async () => {} };
    return new Engine({
      orchestratorId,
      log,
      now,
      databases,
      database: databases.system,
      starts: databases.system,
      handover: noHandover,
      timings: defaultTimings,
      bus: new Bus(transport, orchestratorId, log),
      metrics: new Metrics(),
      refusals: new Refusals(databases, now),
      jobKey: generateKeyPair().privateKey,
      sealing: new Sealing([randomBytes(32)]),
      secretPlaces: { variables: new Map(), directory: undefined },
      groupRoles: {},
      ways: {
        outbound: new Outbound({ allowedNetworks: [] }),
        mailer: undefined,
        push: new PushIdentity(randomBytes(32), undefined),
        now,
      },
      clusterEnrolment: undefined,
      environment: "dev",
      maxRunning: undefined,
      prometheus: undefined,
    });
  }

  private constructor(context: Context) {
    this.context = context;
  }

  get database(): Database {
    return this.context.database;
  }

  /** The database as requests see it. */
  get #tenant(): Database {
    return this.context.databases.tenant(DEFAULT_TENANT);
  }

  /** A server whose link this orchestrator holds. @returns its id */
  async server(maxConcurrentJobs = 1): Promise<string> {
    const { rows } = await sql<{ server_id: string }>`
      insert into servers (hostname, environment, created_by, session_id, orchestrator_id, session_expires_at,
        max_concurrent_jobs)
      values ('engine', 'dev', 'test', ${randomUUID()}, ${this.context.orchestratorId}, 'infinity', ${maxConcurrentJobs})
      returning server_id`.execute(this.#tenant);
    return rows[0]?.server_id ?? "";
  }

  /** Queues work on servers. @returns the id of the execution */
  async queue(serverIds: readonly string[], work: NewWork = {}): Promise<string> {
    return await this.#tenant.transaction().execute((transaction) => this.queueWithin(transaction, serverIds, work));
  }

  /** The same, in the transaction of the caller. */
  async queueWithin(
    transaction: Connection,
    serverIds: readonly string[],
    { priority = 5, policy = {} }: NewWork = {},
  ): Promise<string> {
    const { timeout_seconds: timeoutSeconds, parallel_execution: _, ...config } = ExecutionConfig.parse({});
    const { rows } = await sql<{ id: string }>`select uuidv7() as id`.execute(transaction);
    const executionId = rows[0]?.id ?? "";
    const row: NewExecutionRow = {
      executionId,
      batchId: executionId,
      retryOf: null,
      executionType: "bulk",
      initiatedBy: "test",
      ...{
        actionId: null,
        actionVersion: null,
        actionType: "execution",
        operation: { type: "shell_command", argv: ["true"] },
      },
      parameters: {},
      timeoutSeconds,
      priority,
      queueExpiresSeconds: 3_600,
      serverIds,
      parallelism: null,
      batchSize: null,
      stopAfterFailures: null,
      policy: { ...config, success_criteria: SuccessCriteria.parse({}), ...policy },
    };
    await transaction.executeQuery(insertExecution(transaction, row));
    return executionId;
  }
}
