import type { KeyObject } from "node:crypto";
import type { Server } from "@homeslice/protocol";
import type { Logger } from "pino";
import type { Refusals } from "./audit/refusals.ts";
import type { Database, Patience } from "./database/database.ts";
import type { Databases } from "./database/tenancy.ts";
import type { Handover } from "./executions/handover.ts";
import type { Bus } from "./live/bus.ts";
import type { Metrics } from "./metrics.ts";
import type { Ways } from "./notifications/ways.ts";
import type { Prometheus } from "./platform/prometheus.ts";
import type { Sealing } from "./sealing.ts";
import type { OidcSettings, SecretPlaces } from "./settings.ts";

/** How long things take, in milliseconds; tests shrink them. */
export interface Timings extends Patience {
  /** How long a request, and what an agent says first, may take to arrive. */
  readonly arrivalMs: number;
  /** How often an agent sends a heartbeat. */
  readonly heartbeatMs: number;
  /** How long a link counts as alive after the last heartbeat. */
  readonly sessionMs: number;
  /** How often expired links are looked for. */
  readonly sweepMs: number;
  /** How often dispatchers and followers look by themselves, in case a hint was lost. */
  readonly pollMs: number;
  /** How long a live view that was sent many lines at once waits for what comes next: nobody sees more frames than that. */
  readonly gatherMs: number;
  /** How long an agent has to accept a job after it was signed. */
  readonly acceptMs: number;
  /** How often schedules that are due are looked for. */
  readonly scheduleMs: number;
  /** How often notifications that are to be sent are looked for. */
  readonly notifyMs: number;
  /** How often what is past its retention is looked for. */
  readonly retentionMs: number;
  /** How long an enrolment token is good for. */
  readonly enrolmentMs: number;
  /** How long whoever was let in is let in again without a look into the database: as long as a revocation may take. */
  readonly identityMs: number;
}

export const defaultTimings: Timings = {
  arrivalMs: 30_000,
  heartbeatMs: 5_000,
  sessionMs: 15_000,
  sweepMs: 5_000,
  pollMs: 1_000,
  gatherMs: 25,
  acceptMs: 15 * 60_000,
  scheduleMs: 1_000,
  notifyMs: 1_000,
  retentionMs: 60 * 60_000,
  silenceMs: 35_000,
  standstillMs: 10_000,
  enrolmentMs: 15 * 60_000,
  identityMs: 5_000,
};

/** What every concern of the orchestrator shares. */
export interface Context {
  /** Identity of this process among the replicas. */
  readonly orchestratorId: string;
  /** What its user may see: all of it for the system's own work, one tenant's rows for a request. */
  readonly database: Database;
  readonly databases: Databases;
  /** The same rows as by `database`, for what starts work: each statement is planned once. */
  readonly starts: Database;
  /** Who holds the links of agents. */
  readonly handover: Handover;
  readonly bus: Bus;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly refusals: Refusals;
  readonly timings: Timings;
  /** Work that all agents together may have open; undefined is no limit. */
  readonly maxRunning: number | undefined;
  /** Signs jobs. */
  readonly jobKey: KeyObject;
  /** Seals what the database holds and nobody is to read there. */
  readonly sealing: Sealing;
  /** Where secrets may lie outside of the database. */
  readonly secretPlaces: SecretPlaces;
  /** What the members of each group of the identity provider may do, and where. */
  readonly groupRoles: OidcSettings["roles"];
  /** Who measures the platform; undefined where that is not known. */
  readonly prometheus: Prometheus | undefined;
  /** How notifications leave. */
  readonly ways: Ways;
  /** The secret with which the agents of a cluster enrol. */
  readonly clusterEnrolment: string | undefined;
  /** The environment of the servers that enrol with it. */
  readonly environment: Server["environment"];
  readonly now: () => Date;
}

/** The same for the requests of one tenant: nothing of another is within reach. */
export function inTenant(context: Context, tenantId: string): Context {
  const { databases } = context;
  return { ...context, database: databases.tenant(tenantId), starts: databases.starts(tenantId) };
}
