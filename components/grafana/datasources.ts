import * as pulumi from "@pulumi/pulumi";
import type * as grafana from "@pulumiverse/grafana";
import type { DatabaseLink } from "../postgresql/postgresql.ts";

/** The fixed uids by which dashboards find the sources of data; a source never gets another. */
export const DATASOURCES = {
  prometheus: "prometheus",
  loki: "loki",
  alertmanager: "alertmanager",
  postgresql: "postgresql",
} as const;

export type DataSourceName = keyof typeof DATASOURCES;

/** One source of data, and how Grafana is asked whether it reaches it. */
export interface DataSource {
  readonly args: grafana.oss.DataSourceArgs;
  /** Path of Grafana's API that answers with success when it does. */
  readonly health: string;
}

export interface DataSourcesArgs {
  /** Addresses of what runs. */
  readonly urls: Readonly<Record<Exclude<DataSourceName, "postgresql">, pulumi.Output<string> | undefined>>;
  /** An account that sees how PostgreSQL fares. */
  readonly observer: DatabaseLink;
}

/** Where the data of the dashboards comes from, as far as it runs. */
export function dataSources({ urls, observer }: DataSourcesArgs): Partial<Record<DataSourceName, DataSource>> {
  const { prometheus, loki, alertmanager } = urls;
  return {
    ...(prometheus && { prometheus: prometheusSource(prometheus) }),
    ...(loki && { loki: source("loki", { name: "Loki", type: "loki", url: loki }) }),
    ...(alertmanager && { alertmanager: alertmanagerSource(alertmanager) }),
    postgresql: postgresqlSource(observer),
  };
}

function source(name: DataSourceName, args: grafana.oss.DataSourceArgs, health?: string): DataSource {
  const uid = DATASOURCES[name];
  return { args: { uid, accessMode: "proxy", ...args }, health: health ?? `/api/datasources/uid/${uid}/health` };
}

function prometheusSource(url: pulumi.Output<string>): DataSource {
  const settings = { httpMethod: "POST", timeInterval: "30s", alertmanagerUid: DATASOURCES.alertmanager };
  const jsonDataEncoded = JSON.stringify(settings);
  return source("prometheus", { name: "Prometheus", type: "prometheus", url, isDefault: true, jsonDataEncoded });
}

function alertmanagerSource(url: pulumi.Output<string>): DataSource {
  const jsonDataEncoded = JSON.stringify({ implementation: "prometheus", handleGrafanaManagedAlerts: false });
  // This kind has no part in Grafana's server, whose health page fails for it: Alertmanager itself is asked, through Grafana.
  const health = `/api/datasources/proxy/uid/${DATASOURCES.alertmanager}/api/v2/status`;
  return source("alertmanager", { name: "Alertmanager", type: "alertmanager", url, jsonDataEncoded }, health);
}

function postgresqlSource({ settings: { host, port, database, user }, secret }: DatabaseLink): DataSource {
  const settings = { database, sslmode: "disable", postgresVersion: 1500, maxOpenConns: 3 };
  return source("postgresql", {
    name: "PostgreSQL",
    type: "grafana-postgresql-datasource",
    url: pulumi.interpolate`${host}:${port}`,
    databaseName: database,
    username: user,
    jsonDataEncoded: pulumi.jsonStringify(settings),
    secureJsonDataEncoded: pulumi.secret(pulumi.jsonStringify({ password: secret.values.password })),
  });
}
