import { NewAction } from "@homeslice/protocol";
import type { z } from "zod";

const unit = {
  type: "string",
  description: "systemd unit, for example nginx.service",
  validation: { format: "name" },
} as const;
const url = { type: "string", description: "address, for example https://example.org/health" } as const;
const path = { type: "string", description: "absolute path", validation: { format: "absolute_path" } } as const;
const lines = { type: "integer", default: 100, description: "lines", validation: { min: 1, max: 1_000 } } as const;

/** What nearly everybody needs: a beginning for templates of one's own. */
const samples: readonly z.input<typeof NewAction>[] = [
  {
    name: "Disk usage",
    description: "How full the file systems are.",
    action_type: "validation",
    operation: { type: "shell_command", argv: ["df", "--human-readable", "--local"] },
  },
  {
    name: "Load and uptime",
    description: "How long the server has run, and how busy it is.",
    action_type: "validation",
    operation: { type: "shell_command", argv: ["uptime"] },
  },
  {
    name: "Service is active",
    description: "Whether a systemd unit runs.",
    category: "application",
    action_type: "validation",
    operation: { type: "service_health", probe: { kind: "systemd", unit: "{{unit}}" } },
    parameters: { unit },
  },
  {
    name: "Web page answers",
    description: "Whether an address answers with status 200, within five seconds.",
    category: "network",
    action_type: "validation",
    operation: { type: "service_health", probe: { kind: "http", url: "{{url}}" }, max_latency_ms: 5_000 },
    parameters: { url },
  },
  {
    name: "File is there",
    description: "Whether a file or directory is there, how large it is and how old.",
    action_type: "validation",
    operation: { type: "file_validation", path: "{{path}}" },
    parameters: { path },
  },
  {
    name: "Log of a service",
    description: "The newest lines that a systemd unit has logged.",
    category: "application",
    action_type: "validation",
    operation: {
      type: "shell_command",
      argv: ["journalctl", "--no-pager", "--unit", "{{unit}}", "--lines", "{{lines}}"],
    },
    parameters: { unit, lines },
  },
  {
    name: "Restart a service",
    description: "Restarts a systemd unit; one such work on a server at a time.",
    category: "application",
    action_type: "maintenance",
    operation: { type: "shell_command", argv: ["systemctl", "restart", "{{unit}}"] },
    parameters: { unit },
    execution_config: { timeout_seconds: 120, requires_lock: true, idempotent: true },
  },
  {
    name: "Database answers",
    description: "Whether PostgreSQL answers, by the connection string in the secret `database` of the server.",
    category: "database",
    action_type: "validation",
    operation: { type: "database_query", connection: "database", query: "select 1", returns: "scalar" },
  },
];

/** The sample templates, each marked with the tag `sample`. */
export function sampleActions(): NewAction[] {
  return samples.map((sample) => NewAction.parse({ ...sample, tags: ["sample"] }));
}
