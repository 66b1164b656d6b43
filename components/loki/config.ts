interface Facts {
  readonly port: number;
  /** Directory of the volume. */
  readonly data: string;
  /** Directory with the alert rules: of each tenant one below it. */
  readonly rules: string;
  /** Address of who is told of alerts; undefined where nobody is. */
  readonly alertmanager: string | undefined;
  readonly retentionDays: number;
}

/** The one tenant of a Loki that knows no others. */
export const TENANT = "fake";

/** loki.yaml: one instance that does everything, with its volume for a store. */
export function lokiConfig({ port, data, rules, alertmanager, retentionDays }: Facts) {
  return {
    auth_enabled: false,
    analytics: { reporting_enabled: false },
    server: { http_listen_port: port, grpc_listen_address: "127.0.0.1", log_format: "json", log_level: "warn" },
    common: {
      path_prefix: data,
      replication_factor: 1,
      instance_addr: "127.0.0.1",
      ring: { kvstore: { store: "inmemory" } },
      storage: { filesystem: { chunks_directory: `${data}/chunks` } },
    },
    schema_config: {
      configs: [
        {
          from: "2025-01-01",
          store: "tsdb",
          object_store: "filesystem",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    limits_config: {
      retention_period: `${retentionDays * 24}h`,
      // A collector that was away sends what it has missed, and no more than is kept.
      reject_old_samples: true,
      reject_old_samples_max_age: "168h",
      allow_structured_metadata: true,
      max_line_size: "256KB",
      max_line_size_truncate: true,
    },
    ruler: {
      storage: { type: "local", local: { directory: rules } },
      rule_path: `${data}/rules`,
      ...(alertmanager && { alertmanager_url: alertmanager }),
    },
    compactor: {
      working_directory: `${data}/compactor`,
      retention_enabled: true,
      delete_request_store: "filesystem",
    },
  };
}
