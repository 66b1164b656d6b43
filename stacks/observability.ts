import {
  Alertmanager,
  BlackboxExporter,
  Collector,
  type Environment,
  Grafana,
  Loki,
  NodeExporter,
  ObjectsExporter,
  type PostgreSQL,
  Prometheus,
  type SignOn,
} from "@homeslice/components";
import type { Config } from "@homeslice/config";
import type { Output } from "@pulumi/pulumi";

/** What watches over the platform; it comes after the services whose namespaces it reaches into. */
export function createObservability(
  config: Config,
  environment: Environment,
  postgresql: PostgreSQL,
  signOn: SignOn | undefined,
  certificateAuthority: Output<string> | undefined,
): void {
  const { runbooks } = config.prometheus;
  const runs = (service: string) => service in environment.catalogue;

  if (runs("loki")) new Loki("loki", { ...config.loki, runbooks }, environment);
  if (runs("collector")) new Collector("collector", { resources: config.loki.collector }, environment);

  if (runs("node-exporter")) new NodeExporter("node-exporter", {}, environment);
  if (runs("objects-exporter")) new ObjectsExporter("objects-exporter", {}, environment);
  if (runs("blackbox-exporter")) new BlackboxExporter("blackbox-exporter", {}, environment);
  if (runs("alertmanager")) new Alertmanager("alertmanager", config.alertmanager, environment);
  if (runs("prometheus")) new Prometheus("prometheus", config.prometheus, environment);

  const database = postgresql.database("grafana");
  const observer = postgresql.observer("grafana-observer");
  const login = runs("grafana") ? signOn?.login("grafana") : undefined;
  new Grafana("grafana", { ...config.grafana, database, observer, login, certificateAuthority }, environment);
}
