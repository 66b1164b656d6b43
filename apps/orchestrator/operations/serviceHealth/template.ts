import type { ServiceHealth } from "@homeslice/protocol";
import type { OperationTemplate, Slot } from "../template.ts";

export const serviceHealth: OperationTemplate<ServiceHealth> = {
  slots({ probe }) {
    switch (probe.kind) {
      case "http":
        return [slot("url", probe.url), ...(probe.body_contains ? [slot("body_contains", probe.body_contains)] : [])];
      case "tcp":
        return [slot("host", probe.host)];
      case "systemd":
        return [slot("unit", probe.unit)];
    }
  },
  fill({ probe, ...rest }, fill) {
    switch (probe.kind) {
      case "http": {
        const { body_contains, ...others } = probe;
        const text = body_contains === undefined ? undefined : fill(body_contains);
        return {
          ...rest,
          probe: { ...others, url: fill(probe.url), ...(text !== undefined && { body_contains: text }) },
        };
      }
      case "tcp":
        return { ...rest, probe: { ...probe, host: fill(probe.host) } };
      case "systemd":
        return { ...rest, probe: { ...probe, unit: fill(probe.unit) } };
    }
  },
  describe({ probe, max_latency_ms }) {
    const within = max_latency_ms === undefined ? "" : ` within ${max_latency_ms} ms`;
    switch (probe.kind) {
      case "http":
        return `${probe.method} ${probe.url} and expect ${probe.status}${within}`;
      case "tcp":
        return `connect to ${probe.host} port ${probe.port}${within}`;
      case "systemd":
        return `ask systemd whether ${probe.unit} is ${probe.state}${within}`;
    }
  },
};

function slot(name: string, text: string): Slot {
  return { path: `probe.${name}`, text };
}
