import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

const liveViews = ["execution", "servers", "workflow_run"] as const;
/** What clients follow by WebSocket. */
export type LiveView = (typeof liveViews)[number];

/** What `/metrics` shows. Labels have few values: never an id, never a name that people choose. */
export class Metrics {
  readonly registry = new Registry();
  readonly requests = new Histogram({
    name: "homeslice_http_request_duration_seconds",
    help: "Time to answer a request of the REST API",
    labelNames: ["route", "method", "status"],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
    registers: [this.registry],
  });
  readonly agents = new Gauge({
    name: "homeslice_agents_connected",
    help: "Agents whose link this orchestrator holds",
    registers: [this.registry],
  });
  readonly liveClients = new Gauge({
    name: "homeslice_live_clients",
    help: "WebSockets of clients, by what they follow",
    labelNames: ["view"],
    registers: [this.registry],
  });
  readonly limited = new Counter({
    name: "homeslice_requests_limited_total",
    help: "Requests refused because somebody asked too much, by the limit that they met",
    labelNames: ["limit"],
    registers: [this.registry],
  });
  readonly limitFallbacks = new Counter({
    name: "homeslice_rate_limit_fallbacks_total",
    help: "Times that the rate limits shared by Redis were out of reach and each orchestrator limited by itself",
    registers: [this.registry],
  });
  readonly dispatched = new Counter({
    name: "homeslice_executions_dispatched_total",
    help: "Jobs sent to an agent",
    registers: [this.registry],
  });
  readonly finished = new Counter({
    name: "homeslice_executions_finished_total",
    help: "Ends of executions on a server, by final state",
    labelNames: ["state"],
    registers: [this.registry],
  });
  readonly superseded = new Counter({
    name: "homeslice_results_superseded_total",
    help: "Results that came too late to count, and were kept aside",
    registers: [this.registry],
  });
  readonly logLines = new Counter({
    name: "homeslice_log_lines_total",
    help: "Lines of output stored",
    registers: [this.registry],
  });

  readonly notifications = new Counter({
    name: "homeslice_notifications_total",
    help: "Attempts to tell a channel, by what came of it; dead ones are given up",
    labelNames: ["outcome"],
    registers: [this.registry],
  });
  readonly hookCalls = new Counter({
    name: "homeslice_hook_calls_total",
    help: "Alerts that hooks got, by what became of them",
    labelNames: ["outcome"],
    registers: [this.registry],
  });
  readonly scheduleFires = new Counter({
    name: "homeslice_schedule_fires_total",
    help: "Times of schedules, by what became of them",
    labelNames: ["outcome"],
    registers: [this.registry],
  });
  readonly queueSeconds = new Histogram({
    name: "homeslice_execution_queue_seconds",
    help: "Time that work waited in the queue since it could begin",
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600, 3_600],
    registers: [this.registry],
  });
  readonly dispatchSeconds = new Histogram({
    name: "homeslice_execution_dispatch_seconds",
    help: "Time from the claim of work until its process has started",
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10],
    registers: [this.registry],
  });
  readonly runSeconds = new Histogram({
    name: "homeslice_execution_run_seconds",
    help: "Time that processes ran, by the clock of their agents",
    buckets: [0.01, 0.1, 1, 10, 60, 600, 3_600],
    registers: [this.registry],
  });
  readonly lockWaitSeconds = new Histogram({
    name: "homeslice_lock_wait_seconds",
    help: "Time that work that takes the execution lock of its server waited for the lock before it",
    buckets: [0.05, 0.5, 2, 10, 60, 600, 3_600],
    registers: [this.registry],
  });
  readonly work = new Gauge({
    name: "homeslice_work",
    help: "Work of all tenants: queued, held back by its rollout, retry or approval, or open at an agent",
    labelNames: ["state"],
    registers: [this.registry],
  });
  readonly oldestWait = new Gauge({
    name: "homeslice_queue_oldest_seconds",
    help: "How long the oldest work in the queue has waited",
    registers: [this.registry],
  });
  readonly breakers = new Gauge({
    name: "homeslice_breakers",
    help: "Servers of all tenants, by the state of their circuit breakers",
    labelNames: ["state"],
    registers: [this.registry],
  });
  readonly locks = new Gauge({
    name: "homeslice_locks_active",
    help: "Locks of all tenants that stand, by type",
    labelNames: ["type"],
    registers: [this.registry],
  });
  readonly logLag = new Histogram({
    name: "homeslice_log_lag_seconds",
    help: "Time from a line of output until it is stored, with the difference of the two clocks",
    buckets: [0.01, 0.05, 0.1, 0.2, 0.5, 1, 5, 60],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    for (const view of liveViews) this.liveClients.set({ view }, 0);
  }
}
