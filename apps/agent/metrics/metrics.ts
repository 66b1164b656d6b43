import type { Finish, HeldAttempt } from "@homeslice/protocol/link.ts";
import type { HostStatus } from "@homeslice/protocol/servers.ts";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";

/** What the metrics are taken from when they are read. */
export interface MetricSources {
  /** Who it is; undefined before it has enrolled. */
  readonly serverId: () => string | undefined;
  readonly connected: () => boolean;
  readonly connections: () => number;
  readonly held: () => HeldAttempt[];
  readonly host: () => Promise<HostStatus>;
  readonly protections: () => string[];
}

/**
 * How the delays of the event loop are spread is sampled by a timer, as usual every 10 ms: an agent that has nothing to do
 * would wake for nothing else a hundred times a second. The delay at the time of reading is told without one.
 */
const BY_TIMER = /^nodejs_eventloop_lag_(?!seconds$)/;
const RARELY_MS = 2 ** 31 - 1;

/** The Prometheus metrics of the agent. */
export class Metrics {
  readonly registry = new Registry();
  readonly #finished = new Counter({
    name: "homeslice_agent_attempts_finished_total",
    help: "Attempts that ended, by outcome",
    labelNames: ["outcome"],
    registers: [this.registry],
  });

  constructor(sources: MetricSources) {
    this.#measureProcess();
    this.#gauge("homeslice_agent_connected", "1 while the orchestrator is connected", () =>
      Number(sources.connected()),
    );
    this.#gauge("homeslice_agent_connections", "Connections made since the start", sources.connections);
    for (const state of ["accepted", "running", "finished"] as const) {
      const count = () => sources.held().filter((attempt) => attempt.state === state).length;
      this.#gauge(`homeslice_agent_attempts_${state}`, `Attempts held that are ${state} and not settled`, count);
    }
    const host = (measure: (status: HostStatus) => number) => async () => measure(await sources.host());
    this.#gauge(
      "homeslice_host_uptime_seconds",
      "Seconds since the host started",
      host((s) => s.uptime_seconds),
    );
    this.#gauge(
      "homeslice_host_load1",
      "Load average of the last minute",
      host((s) => s.load_average[0]),
    );
    this.#gauge(
      "homeslice_host_memory_usage_percent",
      "Memory in use",
      host((s) => s.memory_usage_percent),
    );
    this.#gauge(
      "homeslice_host_disk_usage_percent",
      "Disk of the state directory in use",
      host((s) => s.disk_usage_percent),
    );
    this.#gauge(
      "homeslice_host_cpu_usage_percent",
      "Processors in use",
      host((s) => s.cpu_usage_percent ?? 0),
    );
    this.#gauge(
      "homeslice_host_disk_read_bytes_per_second",
      "Read from disks",
      host((s) => s.disk_read_bytes_per_second ?? 0),
    );
    this.#gauge(
      "homeslice_host_disk_write_bytes_per_second",
      "Written to disks",
      host((s) => s.disk_write_bytes_per_second ?? 0),
    );
    new Gauge({
      name: "homeslice_agent_info",
      help: "1 for the server that the agent is of: it ties the measurements of one instance to that server",
      labelNames: ["server_id"],
      registers: [this.registry],
      collect() {
        const server_id = sources.serverId();
        if (server_id !== undefined) this.set({ server_id }, 1);
      },
    });
    new Gauge({
      name: "homeslice_agent_protection",
      help: "1 for each protection that is in force for commands",
      labelNames: ["protection"],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const protection of sources.protections()) this.set({ protection }, 1);
      },
    });
  }

  finished({ outcome }: Finish): void {
    this.#finished.inc({ outcome });
  }

  #measureProcess(): void {
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: RARELY_MS });
    for (const { name } of this.registry.getMetricsAsArray()) {
      if (BY_TIMER.test(name)) this.registry.removeSingleMetric(name);
    }
  }

  #gauge(name: string, help: string, read: () => number | Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        this.set(await read());
      },
    });
  }
}
