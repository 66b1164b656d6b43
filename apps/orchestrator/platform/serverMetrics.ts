import type { MetricHours, ServerMetrics } from "@homeslice/protocol";
import type { Context } from "../context.ts";
import { Servers } from "../servers/servers.ts";
import type { Prometheus, Range } from "./prometheus.ts";
import { serverQueries } from "./queries.ts";

const HOUR_SECONDS = 3_600;
/** More than a small chart has room for nobody sees. */
const POINTS = 240;
/** Agents are asked as often. */
const SHORTEST_STEP_SECONDS = 30;

/** What was measured of servers over longer times than a page is open. */
export class MeasuredServers {
  readonly #context: Context;
  readonly #servers: Servers;

  constructor(context: Context) {
    this.#context = context;
    this.#servers = new Servers(context);
  }

  /** @throws ApiError when there is no such server */
  async metrics(serverId: string, hours: MetricHours): Promise<ServerMetrics> {
    const { prometheus, log, now } = this.#context;
    const server = await this.#servers.get(serverId);
    const seconds = Number(hours) * HOUR_SECONDS;
    const stepSeconds = Math.max(SHORTEST_STEP_SECONDS, Math.round(seconds / POINTS));
    const to = now();
    const range = { from: new Date(to.getTime() - seconds * 1_000), to, stepSeconds };
    const nothing = { load: [], cpu_usage_percent: [], memory_usage_percent: [], disk_usage_percent: [] };
    if (prometheus === undefined) return { prometheus: "none", step_seconds: stepSeconds, ...nothing };
    try {
      return { prometheus: "ok", step_seconds: stepSeconds, ...(await ask(prometheus, server.server_id, range)) };
    } catch (error) {
      log.warn({ err: error }, "Prometheus does not answer");
      return { prometheus: "unreachable", step_seconds: stepSeconds, ...nothing };
    }
  }
}

async function ask(prometheus: Prometheus, serverId: string, range: Range) {
  const queries = serverQueries(serverId);
  const points = async (query: string): Promise<[string, number][]> => {
    const found = await prometheus.range(query, range);
    return found.map(([seconds, value]) => [new Date(seconds * 1_000).toISOString(), value]);
  };
  const [load, cpu_usage_percent, memory_usage_percent, disk_usage_percent] = await Promise.all([
    points(queries.load),
    points(queries.cpu_usage_percent),
    points(queries.memory_usage_percent),
    points(queries.disk_usage_percent),
  ]);
  return { load, cpu_usage_percent, memory_usage_percent, disk_usage_percent };
}
