import { describe, expect, it } from "vitest";
import { deploy } from "../components/deploy.ts";
import { dataOf, policiesOf, rendered } from "../components/rendered.ts";
import { debianProgram } from "../support/debian.ts";
import { verdictOf } from "./promtool.ts";

const amtool = debianProgram("amtool", "prometheus-alertmanager");
const everybody = {
  webhook: { url: "https://hooks.example.org:8443/alerts", token: "token-of-the-webhook" },
  slack: { url: "https://hooks.slack.example.org/secret-path", channel: "#alerts" },
  email: {
    to: "admin@example.org",
    from: "alerts@example.org",
    server: "smtp.example.org:587",
    username: "alerts",
    password: "password-of-the-mail",
  },
  pagerduty: { routingKey: "key-of-the-pager" },
};

async function alertmanagerWith(alertmanager: object) {
  const { resources, find } = await deploy("dev", {
    "homeslice:domain": "home.example.org",
    "homeslice:alertmanager": alertmanager,
  });
  const config = dataOf(find("ConfigMap", "alertmanager-config"))["alertmanager.yml"] ?? "";
  return { resources, config, pod: rendered(find("StatefulSet", "alertmanager-statefulset")).pod };
}

/** Whom an alert goes to, by the real route tree. */
async function receiverOf(config: string, ...labels: readonly string[]): Promise<string> {
  const program = "path" in amtool ? amtool.path : "";
  const args = ["config", "routes", "test", "--config.file=alertmanager.yml", ...labels];
  const { passed, output } = await verdictOf(program, args, { "alertmanager.yml": config });
  expect(passed, output).toBe(true);
  return output.split("\n")[0] ?? "";
}

describe.skipIf("missing" in amtool)("the receivers of alerts, by a real Alertmanager's own tool", () => {
  const check = (config: string) =>
    verdictOf("path" in amtool ? amtool.path : "", ["check-config", "alertmanager.yml"], {
      "alertmanager.yml": config,
    });

  it.each([
    ["none", {}],
    ["a webhook without a token", { webhook: { url: "http://hooks.example.org/alerts" } }],
    ["all", everybody],
  ])("are sound: %s", async (_name, settings) => {
    const { passed, output } = await check((await alertmanagerWith(settings)).config);
    expect(passed, output).toBe(true);
  });

  it("are told by severity, and the watchdog bothers nobody", async () => {
    const { config } = await alertmanagerWith(everybody);
    expect(await receiverOf(config, "alertname=InstanceDown", "severity=critical")).toBe("on-call");
    expect(await receiverOf(config, "alertname=FilesystemFull", "severity=warning")).toBe("everybody");
    expect(await receiverOf(config, "alertname=Watchdog", "severity=none")).toBe("nobody");
  });
});

describe("the receivers of alerts", () => {
  it("get the watchdog every few minutes where a dead man's switch waits for it", async () => {
    const { config } = await alertmanagerWith({ deadMansSwitch: "https://heartbeat.example.org/secret-path" });
    expect(JSON.parse(config)).toMatchObject({
      route: { routes: [{ receiver: "dead-mans-switch", repeat_interval: "5m" }, {}] },
    });
    expect(config).toContain("/run/secrets/alertmanager-receivers/deadMansSwitchUrl");
    expect(config).not.toContain("secret-path");
  });

  it("have their secrets in files alone", async () => {
    const { config, pod } = await alertmanagerWith(everybody);
    expect(config).not.toMatch(/token-of|password-of|key-of|secret-path/);
    const mounted = pod.volumes.flatMap(({ secret }) => secret?.items.map(({ key }) => key) ?? []);
    expect(mounted.toSorted()).toEqual(["emailPassword", "pagerdutyKey", "slackUrl", "webhookToken"]);
  });

  it("are reached at their own ports, and nothing else outside is", async () => {
    const portsWith = async (settings: object) => {
      const policies = policiesOf((await alertmanagerWith(settings)).resources);
      return policies
        .filter(({ metadata }) => metadata.name.startsWith("alertmanager-to-outside"))
        .flatMap(({ spec }) => spec.egress.flatMap(({ ports }) => ports.map(({ port }) => port)))
        .toSorted();
    };
    expect(await portsWith({})).toEqual([]);
    expect(await portsWith(everybody)).toEqual([443, 587, 8443]);
    expect(await portsWith({ webhook: { url: "http://hooks.example.org/x" } })).toEqual([80]);
  });
});
