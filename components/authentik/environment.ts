interface Facts {
  readonly publicUrl: string;
  readonly trustedProxies: readonly string[];
  /** File with the key that signs sessions. */
  readonly key: string;
  readonly port: number;
  readonly metrics: number;
}

/** What every process of Authentik is told; it writes levels of settings with two underscores. */
export function environmentOf({ publicUrl, trustedProxies, key, port, metrics }: Facts): Record<string, string> {
  return {
    AUTHENTIK_SECRET_KEY: valueIn(key),
    AUTHENTIK_LISTEN__HTTP: `0.0.0.0:${port}`,
    AUTHENTIK_LISTEN__METRICS: `0.0.0.0:${metrics}`,
    // Whoever is not among them is believed neither host nor scheme, and gets the answers meant for plain HTTP.
    AUTHENTIK_LISTEN__TRUSTED_PROXY_CIDRS: trustedProxies.join(","),
    AUTHENTIK_WEB__BASE_URL: publicUrl,
    ...connections,
    ...nothingSentHome,
  };
}

/** How Authentik wants a setting written whose value is in a file. */
export function valueIn(path: string): string {
  return `file://${path}`;
}

/** As many processes and threads as the database has connections set aside for. */
const connections = {
  AUTHENTIK_POSTGRESQL__SSLMODE: "disable",
  AUTHENTIK_WEB__WORKERS: "2",
  AUTHENTIK_WEB__THREADS: "4",
  AUTHENTIK_WORKER__PROCESSES: "1",
  AUTHENTIK_WORKER__THREADS: "2",
};

const nothingSentHome = {
  AUTHENTIK_DISABLE_UPDATE_CHECK: "true",
  AUTHENTIK_DISABLE_STARTUP_ANALYTICS: "true",
  AUTHENTIK_ERROR_REPORTING__ENABLED: "false",
};
