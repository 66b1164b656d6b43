import { randomUUID } from "node:crypto";
import { deriveKey, privateKeyFromSeed } from "@homeslice/protocol";
import type { Logger } from "pino";
import { Canceller } from "./agents/canceller.ts";
import { Dispatcher } from "./agents/dispatcher.ts";
import { Heartbeats } from "./agents/heartbeats.ts";
import { LinkServer } from "./agents/link.ts";
import { AgentRegistry } from "./agents/registry.ts";
import { Reports } from "./agents/reports.ts";
import { Sweeper } from "./agents/sweeper.ts";
import { Refusals } from "./audit/refusals.ts";
import { Sealer } from "./audit/sealer.ts";
import { type Context, defaultTimings, type Timings } from "./context.ts";
import { migrateDatabase } from "./database/migrate.ts";
import { openDatabases } from "./database/tenancy.ts";
import { noHandover } from "./executions/handover.ts";
import { buildServer } from "./http/server.ts";
import { Bus, type Transport } from "./live/bus.ts";
import { PostgresTransport } from "./live/postgresTransport.ts";
import { Metrics } from "./metrics.ts";
import { Notifier } from "./notifications/notifier.ts";
import { Outbound } from "./notifications/outbound.ts";
import { createMailer } from "./notifications/senders/email.ts";
import { requireTemplates } from "./operations/index.ts";
import { Prometheus } from "./platform/prometheus.ts";
import { PushIdentity } from "./push/identity.ts";
import { Reporter } from "./reports/reporter.ts";
import { Retainer } from "./retention/retention.ts";
import { Scheduler } from "./schedules/scheduler.ts";
import { Sealing } from "./sealing.ts";
import type { Settings } from "./settings.ts";
import { WorkflowRunner } from "./workflows/runner.ts";

/** A running orchestrator. */
export interface Orchestrator {
  /** Where it listens. */
  readonly url: string;
  /** Stops taking work, lets what is under way come to an end, and closes everything. */
  stop(): Promise<void>;
}

/** Starts an orchestrator. Several of them may share one database. */
export async function startOrchestrator(
  settings: Settings,
  log: Logger,
  timings: Timings = defaultTimings,
): Promise<Orchestrator> {
  requireTemplates();
  if (settings.migrate) await migrateDatabase(settings.database, warnOfBreaks(log));
  const context = await createContext(settings, log, timings);
  const { databases, bus } = context;
  try {
    await bus.open();
    const registry = new AgentRegistry();
    const dispatcher = new Dispatcher(context, registry);
    const sweeper = new Sweeper(context);
    const canceller = new Canceller(context, registry);
    const parts = { registry, reports: new Reports(context), heartbeats: new Heartbeats(context) };
    const links = new LinkServer(context, parts, Math.ceil(settings.database.connections / 2));
    const sealer = new Sealer(context);
    const scheduler = new Scheduler(context);
    const workflows = new WorkflowRunner(context);
    const notifier = new Notifier(context);
    const reporter = new Reporter(context, settings.publicUrl);
    const retainer = new Retainer(context, settings.retention);
    const app = await buildServer({ ...context, handover: dispatcher }, settings, links);
    const unsubscribe = bus.subscribe((hint) => {
      if (hint.kind === "server")
        registry
          .server(hint.server_id)
          ?.review()
          .catch((error) => log.error({ err: error }));
    });
    dispatcher.start();
    canceller.start();
    sweeper.start();
    sealer.start();
    await retainer.start();
    scheduler.start();
    workflows.start();
    notifier.start();
    reporter.start();
    const url = await app.listen({ host: settings.host, port: settings.port });
    log.info({ url }, "orchestrator listens");
    const stop = async () => {
      await scheduler.stop();
      await reporter.stop();
      await workflows.stop();
      await dispatcher.stop();
      registry.closeAll("the orchestrator stops");
      await app.close();
      await links.drained();
      await canceller.stop();
      await sweeper.stop();
      await sealer.stop();
      await retainer.stop();
      await notifier.stop();
      await context.ways.outbound.close();
      unsubscribe();
      await bus.close();
      await databases.close();
    };
    return { url, stop };
  } catch (error) {
    await bus.close();
    await databases.close();
    throw error;
  }
}

/** The pool replaces connections that break. */
export const warnOfBreaks = (log: Logger) => (error: Error) => log.warn({ err: error }, "a database connection broke");

/** Keys of their own come first; that of the installation always opens what it has sealed. */
function sealingOf({ sealingSecrets, secret }: Settings): Sealing {
  const [first = secret, ...rest] = [...sealingSecrets, secret];
  const keyOf = (of: Uint8Array) => deriveKey(of, "sealing");
  return new Sealing([keyOf(first), ...rest.map(keyOf)]);
}

/** The library of Redis takes long to load: only where there is one. */
async function openTransport({ redis, database }: Settings, { silenceMs }: Timings, log: Logger): Promise<Transport> {
  if (redis === undefined) return new PostgresTransport(database, silenceMs, log);
  const { RedisTransport } = await import("./live/redisTransport.ts");
  return new RedisTransport(redis, log);
}

async function createContext(settings: Settings, log: Logger, timings: Timings): Promise<Context> {
  const orchestratorId = randomUUID();
  const transport = await openTransport(settings, timings, log);
  const mailer = settings.mail && (await createMailer(settings.mail));
  const databases = openDatabases(settings.database, warnOfBreaks(log), timings);
  const now = () => new Date();
  return {
    orchestratorId,
    database: databases.system,
    databases,
    starts: databases.system,
    handover: noHandover,
    bus: new Bus(transport, orchestratorId, log),
    log,
    metrics: new Metrics(),
    refusals: new Refusals(databases, now),
    timings,
    jobKey: privateKeyFromSeed(deriveKey(settings.secret, "job-signing")),
    sealing: sealingOf(settings),
    secretPlaces: settings.secretPlaces,
    groupRoles: settings.oidc?.roles ?? {},
    prometheus: settings.prometheusUrl && new Prometheus(settings.prometheusUrl),
    ways: {
      outbound: new Outbound({ allowedNetworks: settings.notifyNetworks }),
      mailer,
      push: new PushIdentity(
        settings.secret,
        settings.mail ? `mailto:${settings.mail.from}` : settings.publicUrl?.href,
      ),
      now,
    },
    clusterEnrolment: settings.clusterEnrolment,
    environment: settings.environment,
    maxRunning: settings.maxRunning,
    now,
  };
}
