import type { AlertGroup } from "../prometheus/rules/alert.ts";

const OURS = 'namespace=~"homeslice-.+"';

/** How many lines there were in a time. */
const lines = (query: string, window: string) => `count_over_time(${query} [${window}])`;

/** What Authentik writes down of what people do. */
const acts = (which: string) => `{${OURS}, container=~"server|worker"} |= "action" | json | action=~"${which}"`;

/** What logs alone tell: who tries to get in, and what goes wrong without being counted. */
export const logAlerts: readonly AlertGroup[] = [
  {
    name: "access",
    alerts: [
      {
        name: "LoginsFail",
        expr: `sum(${lines(acts("login_failed"), "15m")}) > 20`,
        severity: "warning",
        summary: "{{ $value }} logins have failed within a quarter of an hour",
        runbook: "logins-fail",
      },
      {
        name: "UnusualAccess",
        expr: `sum by (action) (${lines(acts("impersonation_started|suspicious_request"), "15m")}) > 0`,
        severity: "warning",
        summary: "Authentik reports {{ $labels.action }}",
        runbook: "unusual-access",
      },
      {
        name: "AddressProbes",
        expr: `sum by (ClientHost) (${lines('{namespace=~"homeslice-.+-edge"} | json | DownstreamStatus=~"403|404"', "10m")}) > 100`,
        severity: "warning",
        summary: "{{ $labels.ClientHost }} was refused {{ $value }} times within ten minutes",
        runbook: "address-probes",
      },
      {
        name: "DatabaseLoginsFail",
        expr: `sum(${lines(`{${OURS}} |= "password authentication failed for user"`, "10m")}) > 3`,
        severity: "warning",
        summary: "PostgreSQL has refused {{ $value }} logins within ten minutes",
        runbook: "database-logins-fail",
      },
    ],
  },
  {
    name: "errors",
    alerts: [
      {
        name: "ErrorsLogged",
        expr: `sum by (namespace, pod) (${lines(`{${OURS}, level=~"error|fatal|critical"}`, "10m")}) > 100`,
        severity: "warning",
        summary: "{{ $labels.pod }} has logged {{ $value }} errors within ten minutes",
        runbook: "errors-logged",
      },
    ],
  },
];
