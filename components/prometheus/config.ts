import { GUARDED_MODULE, PAGE_MODULE } from "../exporters/blackbox.ts";
import { PORTS as EDGE } from "../traefik/static.ts";

/** One service that is scraped: all its instances, by a name that resolves to the address of each. */
export interface ScrapeTarget {
  readonly job: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** One public address that is probed. */
export interface ProbeTarget {
  readonly service: string;
  /** Public host name: grafana.home.example.org. */
  readonly host: string;
  readonly path: string;
  /** Whether the edge may send a stranger to the login. */
  readonly guarded: boolean;
}

export interface PrometheusConfigArgs {
  /** Name of the stack, in every alert. */
  readonly stack: string;
  readonly targets: readonly ScrapeTarget[];
  readonly probes: readonly ProbeTarget[];
  readonly ruleFiles: readonly string[];
}

/** prometheus.yml. Alerts go to Alertmanager and probes by way of the edge where these are among the targets. */
export function prometheusConfig({ stack, targets, probes, ruleFiles }: PrometheusConfigArgs) {
  const found = (job: string) => targets.find((target) => target.job === job);
  const [alertmanager, prober, edge] = [found("alertmanager"), found("blackbox-exporter"), found("traefik")];
  return {
    global: { scrape_interval: "30s", scrape_timeout: "10s", evaluation_interval: "30s", external_labels: { stack } },
    rule_files: [...ruleFiles],
    ...(alertmanager && { alerting: { alertmanagers: [{ dns_sd_configs: [everyInstanceOf(alertmanager)] }] } }),
    scrape_configs: [...targets.map(scrapeJob), ...(prober && edge ? [probeJob(probes, prober, edge)] : [])],
  };
}

function scrapeJob(target: ScrapeTarget) {
  return { job_name: target.job, metrics_path: target.path, dns_sd_configs: [everyInstanceOf(target)] };
}

/** The name resolves to the address of every instance, so that each is asked for its own measurements. */
function everyInstanceOf({ host, port }: ScrapeTarget) {
  return { names: [host], type: "A", port, refresh_interval: "15s" };
}

/**
 * Every public address by its own name, but through the edge inside the cluster: it works before the world's DNS knows
 * the domain.
 */
function probeJob(probes: readonly ProbeTarget[], prober: ScrapeTarget, edge: ScrapeTarget) {
  return {
    job_name: "probe",
    metrics_path: "/probe",
    static_configs: probes.map(({ service, host, path, guarded }) => ({
      targets: [`https://${host}${path}`],
      labels: {
        service,
        __param_hostname: host,
        __param_module: guarded ? GUARDED_MODULE : PAGE_MODULE,
        __param_target: `https://${edge.host}:${EDGE.websecure}${path}`,
      },
    })),
    relabel_configs: [
      { source_labels: ["__address__"], target_label: "instance" },
      { target_label: "__address__", replacement: `${prober.host}:${prober.port}` },
    ],
  };
}
