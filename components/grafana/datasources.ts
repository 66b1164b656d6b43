/** The fixed names by which dashboards find the sources of data; a source never gets another. */
export const DATASOURCES = {
  prometheus: "prometheus",
  loki: "loki",
  alertmanager: "alertmanager",
  postgresql: "postgresql",
} as const;

export interface DatasourceArgs {
  /** Addresses of what runs; what does not run is taken away from Grafana. */
  readonly prometheus: string | undefined;
  readonly loki: string | undefined;
  readonly alertmanager: string | undefined;
  readonly postgresql: {
    readonly address: string;
    readonly database: string;
    readonly user: string;
    readonly passwordFile: string;
  };
}

/** datasources.yaml: where the data of the dashboards comes from. */
export function datasourceFile({ prometheus, loki, alertmanager, postgresql }: DatasourceArgs) {
  const source = (uid: string, name: string, type: string, url: string) => ({
    uid,
    name,
    type,
    url,
    access: "proxy",
    editable: false,
  });
  const datasources = [
    ...(prometheus
      ? [
          {
            ...source(DATASOURCES.prometheus, "Prometheus", "prometheus", prometheus),
            isDefault: true,
            jsonData: { httpMethod: "POST", timeInterval: "30s", alertmanagerUid: DATASOURCES.alertmanager },
          },
        ]
      : []),
    ...(loki ? [source(DATASOURCES.loki, "Loki", "loki", loki)] : []),
    ...(alertmanager
      ? [
          {
            ...source(DATASOURCES.alertmanager, "Alertmanager", "alertmanager", alertmanager),
            jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
          },
        ]
      : []),
    {
      ...source(DATASOURCES.postgresql, "PostgreSQL", "grafana-postgresql-datasource", postgresql.address),
      user: postgresql.user,
      database: postgresql.database,
      jsonData: { database: postgresql.database, sslmode: "disable", postgresVersion: 1500, maxOpenConns: 3 },
      secureJsonData: { password: `$__file{${postgresql.passwordFile}}` },
    },
  ];
  return { apiVersion: 1, prune: true, datasources };
}
