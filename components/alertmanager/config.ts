import type { Config } from "@homeslice/config";

type Settings = Config["alertmanager"];

/** The files that hold what the settings have of secrets. */
export interface SecretFiles {
  readonly webhookToken: string;
  readonly slackUrl: string;
  readonly emailPassword: string;
  readonly pagerdutyKey: string;
  readonly deadMansSwitchUrl: string;
}

/** Alerts that nobody is told of stand in the pages of Alertmanager and Grafana all the same. */
const EVERYBODY = "everybody";
const ON_CALL = "on-call";
const DEAD_MANS_SWITCH = "dead-mans-switch";
const NOBODY = "nobody";

/** alertmanager.yml: who is told of what, how often, and what keeps quiet while something worse holds. */
export function alertmanagerConfig(settings: Settings, files: SecretFiles) {
  return {
    route: {
      receiver: EVERYBODY,
      group_by: ["alertname", "job"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "12h",
      routes: [
        watchdogRoute(settings),
        { receiver: ON_CALL, matchers: ['severity="critical"'], repeat_interval: "2h" },
      ],
    },
    inhibit_rules: inhibitions,
    receivers: [
      { name: EVERYBODY, ...channels(settings, files) },
      { name: ON_CALL, ...channels(settings, files), ...pager(settings, files) },
      { name: DEAD_MANS_SWITCH, ...heartbeat(settings, files) },
      { name: NOBODY },
    ],
  };
}

/** The alert that always fires goes to whoever alarms when it stops, and to nobody else. */
function watchdogRoute({ deadMansSwitch }: Settings) {
  const matchers = ['alertname="Watchdog"'];
  if (!deadMansSwitch) return { receiver: NOBODY, matchers };
  return { receiver: DEAD_MANS_SWITCH, matchers, group_wait: "0s", group_interval: "1m", repeat_interval: "5m" };
}

/** What is only the consequence or the early stage of something worse. */
const inhibitions = [
  {
    source_matchers: ['severity="critical"'],
    target_matchers: ['severity="warning"'],
    equal: ["job", "instance", "mountpoint"],
  },
  {
    source_matchers: ['alertname="ServiceAbsent"', 'job="traefik"'],
    target_matchers: ['alertname="PublicAddressDown"'],
  },
  {
    source_matchers: ['alertname="PostgresqlDown"'],
    target_matchers: ['alertname=~"OrchestratorErrors|OrchestratorSlow|EdgeErrors|PublicAddressDown"'],
  },
];

function channels({ webhook, slack, email }: Settings, files: SecretFiles) {
  return {
    ...(webhook && { webhook_configs: [webhookTo(webhook, files)] }),
    ...(slack && { slack_configs: [slackTo(slack, files)] }),
    ...(email && { email_configs: [emailTo(email, files)] }),
  };
}

function webhookTo({ url, token }: NonNullable<Settings["webhook"]>, { webhookToken }: SecretFiles) {
  const authorization = { type: "Bearer", credentials_file: webhookToken };
  return { url, send_resolved: true, ...(token && { http_config: { authorization } }) };
}

function slackTo({ channel }: NonNullable<Settings["slack"]>, { slackUrl }: SecretFiles) {
  return {
    api_url_file: slackUrl,
    channel,
    send_resolved: true,
    title: "[{{ .Status | toUpper }}] {{ .CommonLabels.alertname }}",
    text: "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.runbook_url }}\n{{ end }}",
  };
}

function emailTo({ to, from, server, username }: NonNullable<Settings["email"]>, { emailPassword }: SecretFiles) {
  const account = username && { auth_username: username, auth_password_file: emailPassword };
  return { to, from, smarthost: server, require_tls: true, send_resolved: true, ...account };
}

function pager({ pagerduty }: Settings, { pagerdutyKey }: SecretFiles) {
  return pagerduty && { pagerduty_configs: [{ routing_key_file: pagerdutyKey, send_resolved: true }] };
}

function heartbeat({ deadMansSwitch }: Settings, { deadMansSwitchUrl }: SecretFiles) {
  return deadMansSwitch && { webhook_configs: [{ url_file: deadMansSwitchUrl, send_resolved: false }] };
}
