import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { freePort } from "@homeslice/cli/process/freePort.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Deployed, deploy } from "../components/deploy.ts";
import { dataOf, rendered } from "../components/rendered.ts";
import { Sandbox, stop } from "../components/servers.ts";
import { debianProgram } from "../support/debian.ts";
import { eventually } from "../support/eventually.ts";

const prometheus = debianProgram("prometheus", "prometheus");
const alertmanager = debianProgram("prometheus-alertmanager", "prometheus-alertmanager");
/** Longer than the time between two signs of life. */
const QUIET_MS = 3_000;
const TOKEN = "the receiver's token";

const Notification = z.object({
  status: z.string(),
  alerts: z.array(
    z.object({ labels: z.record(z.string(), z.string()), annotations: z.record(z.string(), z.string()) }),
  ),
});
const Rules = z.object({ data: z.object({ groups: z.array(z.object({ name: z.string() })) }) });
const Targets = z.object({ data: z.object({ activeTargets: z.array(z.object({ scrapeUrl: z.string() })) }) });
const PrometheusConfig = z.looseObject({ scrape_configs: z.array(z.looseObject({ job_name: z.string() })) });
const RuleFile = z.object({ groups: z.array(z.looseObject({ rules: z.array(z.looseObject({})) })) });
const Route = z.looseObject({ routes: z.array(z.looseObject({})) });
const AlertmanagerConfig = z.looseObject({ route: Route });

describe.skipIf("missing" in prometheus || "missing" in alertmanager)("a real Prometheus and Alertmanager", () => {
  const sandbox = new Sandbox();
  const children: ChildProcess[] = [];
  const received: { readonly authorization: string | undefined; readonly body: z.infer<typeof Notification> }[] = [];
  const urls: string[] = [];
  /** Signs of life for the dead man's switch. */
  let heartbeats = 0;
  let lastHeartbeat = 0;
  let heartbeat = "";
  let receiver: Server;
  let watcher: ChildProcess | undefined;
  let deployed: Deployed;

  beforeAll(async () => {
    receiver = createServer(async (request, response) => {
      const body = Notification.parse(JSON.parse(await text(request)));
      if (request.url === "/heartbeat") {
        heartbeats++;
        lastHeartbeat = performance.now();
      } else received.push({ authorization: request.headers.authorization, body });
      response.end();
    });
    const port = await freePort();
    await new Promise<void>((listening) => receiver.listen(port, "127.0.0.1", listening));
    deployed = await deploy("dev", {
      "homeslice:domain": "home.example.org",
      "homeslice:alertmanager": {
        webhook: { url: `http://127.0.0.1:${port}/alerts`, token: TOKEN },
        deadMansSwitch: `http://127.0.0.1:${port}/heartbeat`,
      },
    });
    heartbeat = `http://127.0.0.1:${port}/heartbeat`;
    sandbox.write("/run/secrets/alertmanager-receivers/webhookToken", TOKEN);
  });
  afterAll(async () => {
    await Promise.all(children.map((child) => stop(child, "SIGKILL")));
    receiver.close();
    sandbox.remove();
  });

  const fileOf = (service: string, file: string) => dataOf(deployed.find("ConfigMap", `${service}-config`))[file] ?? "";

  /** Starts a program as its container would, with another configuration and data directory, on a port of its own. */
  const start = async (service: string, program: string, config: string, data: string) => {
    const port = await freePort();
    const [container] = rendered(deployed.find("StatefulSet", `${service}-statefulset`)).containers;
    const args = (container?.args ?? [])
      .filter((arg) => !arg.startsWith("--config.file="))
      .map((arg) => arg.replace(/^(--storage\.(?:tsdb\.)?path=).*/, `$1${sandbox.here(data)}`));
    // An alert is over when it was not repeated for four times as long as this.
    const hurried = service === "prometheus" ? ["--rules.alert.resend-delay=1s"] : [];
    const own = [...hurried, `--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`];
    const child = spawn(program, [...args, ...own], { stdio: "ignore" });
    children.push(child);
    const url = `http://127.0.0.1:${port}`;
    await eventually(
      () =>
        fetch(`${url}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        ),
      `${service} is ready`,
    );
    return { port, url, child };
  };
  const answer = async (url: string): Promise<unknown> => (await fetch(url)).json();
  const startPrometheus = (config: string, data: string) =>
    start("prometheus", "path" in prometheus ? prometheus.path : "", config, data);

  it("load the configuration and the rules as they are", async () => {
    sandbox.write("/etc/prometheus/rules.yml", fileOf("prometheus", "rules.yml"));
    const config = sandbox.write("/etc/prometheus/prometheus.yml", fileOf("prometheus", "prometheus.yml"));
    const { url } = await startPrometheus(config, "first");
    const { groups } = Rules.parse(await answer(`${url}/api/v1/rules`)).data;
    expect(groups.map(({ name }) => name)).toEqual([
      "agents",
      "backup",
      "objectives",
      "orchestrator",
      "platform",
      "postgresql",
      "redis",
      "traefik",
      "workloads",
    ]);
    const addresses = async () => {
      const { activeTargets } = Targets.parse(await answer(`${url}/api/v1/targets`)).data;
      return activeTargets.map(({ scrapeUrl }) => decodeURIComponent(scrapeUrl));
    };
    await eventually(async () => (await addresses()).length > 3, "the public addresses are targets");
    expect(await addresses()).toContain(
      "http://blackbox-exporter-metrics.homeslice-dev.svc:9115/probe?hostname=grafana.home.example.org&module=page&target=https://traefik-metrics.homeslice-dev-edge.svc:8443/api/health",
    );
  });

  it("tell a receiver of an instance that is down, with the runbook", async () => {
    const quick = AlertmanagerConfig.parse(JSON.parse(fileOf("alertmanager", "alertmanager.yml")));
    const often = { group_interval: "1s", repeat_interval: "1s" };
    const [watchdog = {}, ...others] = quick.route.routes;
    const routes = [{ ...watchdog, ...often }, ...others];
    const inHurry = { ...quick, route: { ...quick.route, group_wait: "0s", routes } };
    // The Alertmanager of Debian reads no address from a file.
    const text = JSON.stringify(inHurry).replace(/"url_file":"[^"]*deadMans[^"]*"/, `"url":"${heartbeat}"`);
    const config = sandbox.write("/etc/alertmanager/alertmanager.yml", text);
    const program = "path" in alertmanager ? alertmanager.path : "";
    const alerts = await start("alertmanager", program, config, "alertmanager");
    const watching = await startPrometheus(hurriedPrometheus(alerts.port, await freePort()), "second");
    await eventually(() => received.length > 0, "the receiver is told");
    urls.push(watching.url, alerts.url);
    watcher = watching.child;
    const [first] = received;
    expect(first?.authorization).toBe(`Bearer ${TOKEN}`);
    expect(first?.body.status).toBe("firing");
    expect(first?.body.alerts[0]).toMatchObject({
      labels: { alertname: "InstanceDown", job: "redis", severity: "critical", stack: "dev" },
      annotations: { runbook_url: expect.stringMatching(/\/docs\/runbooks\/instance-down\.md$/) },
    });
  });

  it("measure of themselves what the rules ask for", async () => {
    const pages = await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
    const asked = [...fileOf("prometheus", "rules.yml").matchAll(/\b(?:prometheus|alertmanager)_\w+/g)];
    expect(asked.length).toBeGreaterThan(2);
    for (const [name] of asked) expect(pages.join("\n")).toContain(`# TYPE ${name} `);
  });

  it("F35: send signs of life to the dead man's switch, and none any more when Prometheus is down", async () => {
    const seen = heartbeats;
    await eventually(() => heartbeats > seen + 2, "signs of life keep coming");
    if (watcher !== undefined) await stop(watcher, "SIGKILL");
    await eventually(() => performance.now() - lastHeartbeat > QUIET_MS, "the signs of life have ended", 60_000);
  });

  /** The configuration with what it says of time and place replaced: one job alone, whose only instance is not there. */
  function hurriedPrometheus(alertmanagerPort: number, deadPort: number): string {
    const rules = RuleFile.parse(JSON.parse(fileOf("prometheus", "rules.yml")));
    const groups = rules.groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => ({
        ...rule,
        ...("for" in rule && rule["alert"] === "InstanceDown" && { for: "0s" }),
      })),
    }));
    const config = PrometheusConfig.parse(JSON.parse(fileOf("prometheus", "prometheus.yml")));
    const redis = config.scrape_configs.filter(({ job_name }) => job_name === "redis");
    const static_configs = [{ targets: [`127.0.0.1:${deadPort}`] }];
    const here = {
      ...config,
      global: {
        scrape_interval: "1s",
        scrape_timeout: "1s",
        evaluation_interval: "1s",
        external_labels: { stack: "dev" },
      },
      rule_files: [sandbox.write("/etc/hurried/rules.yml", JSON.stringify({ groups }))],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }] },
      scrape_configs: redis.map((job) => ({ ...job, dns_sd_configs: [], static_configs })),
    };
    return sandbox.write("/etc/hurried/prometheus.yml", JSON.stringify(here));
  }
});
