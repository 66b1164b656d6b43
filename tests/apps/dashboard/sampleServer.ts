import { Server } from "@homeslice/protocol/servers.ts";

const time = "2026-11-21T00:00:00.000Z";

/** A server as the API shows one that was just registered, but for what is given. */
export function sampleServer(hostname: string, more: object = {}): Server {
  return Server.parse({
    server_id: crypto.randomUUID(),
    hostname,
    ip_address: null,
    environment: "dev",
    server_group: null,
    tags: [],
    capabilities: [],
    version: 1,
    configuration: {
      agent_version: null,
      os_info: null,
      max_concurrent_jobs: null,
      job_limit: null,
      timeout_default: null,
    },
    credentials: { key_fingerprint: null, last_rotation: null },
    status: { current: "idle", last_heartbeat: null },
    breaker: { state: "closed", mode: "auto", failures: 0, retry_at: null },
    metadata: { created_at: time, created_by: "test", updated_at: time, last_successful_execution: null },
    ...more,
  });
}
