import { performance } from "node:perf_hooks";
import { ServiceHealth } from "@homeslice/protocol/operations/index.ts";
import { messageOf } from "../../errors.ts";
import { CheckError, Findings } from "../checks/check.ts";
import { checkerFor } from "../checks/checker.ts";
import { probeHttp } from "./http.ts";
import { probeSystemd } from "./systemd.ts";
import { probeTcp } from "./tcp.ts";

/** Adds what it finds; returns the status that was answered, null when a status is not what is asked for. */
type Probe = Promise<string | null>;

export const checker = checkerFor(ServiceHealth, {
  async plan({ probe }) {
    switch (probe.kind) {
      case "http":
        return `${probe.method} ${probe.url} and expect ${probe.status}`;
      case "tcp":
        return `connect to ${probe.host} port ${probe.port}`;
      case "systemd":
        return `ask systemd whether ${probe.unit} is ${probe.state}`;
    }
  },

  async perform({ probe, max_latency_ms }) {
    const findings = new Findings();
    const started = performance.now();
    let status: string | null = null;
    let latency: number | null = null;
    try {
      status = await ask(probe, findings);
      latency = performance.now() - started;
      if (max_latency_ms !== undefined) {
        findings.add("latency", latency <= max_latency_ms, `at most ${max_latency_ms} ms`, `${latency.toFixed(1)} ms`);
      }
    } catch (error) {
      if (error instanceof CheckError) throw error;
      findings.add("answers", false, "an answer", messageOf(error));
    }
    return { type: "service_health", ...findings.all, latency_ms: latency, status };
  },
});

function ask(probe: ServiceHealth["probe"], findings: Findings): Probe {
  switch (probe.kind) {
    case "http":
      return probeHttp(probe, findings);
    case "tcp":
      return probeTcp(probe, findings);
    case "systemd":
      return probeSystemd(probe, findings);
  }
}
