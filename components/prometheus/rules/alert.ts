/** How soon somebody has to look: at once, on the next day, or never (a signal for machines). */
export type Severity = "critical" | "warning" | "none";

/** A condition that somebody has to be told of. */
export interface Alert {
  /** Name in capitals and lower case: `InstanceDown`. */
  readonly name: string;
  /** PromQL that has a result while the condition holds. */
  readonly expr: string;
  /** How long it has to hold: `5m`. Default: not at all. */
  readonly for?: string;
  readonly severity: Severity;
  /** One line for people; may name labels as `{{ $labels.job }}`. */
  readonly summary: string;
  /** What to do about it: the name of a file in docs/runbooks. */
  readonly runbook: string;
}

/** The alerts of one service. */
export interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}

/**
 * The rule file of Prometheus.
 * @param runbooks address of the directory with the runbooks
 */
export function ruleFile(groups: readonly AlertGroup[], runbooks: string) {
  return {
    groups: groups.map(({ name, alerts }) => ({
      name,
      rules: alerts.map((alert) => ({
        alert: alert.name,
        expr: alert.expr,
        ...(alert.for && { for: alert.for }),
        labels: { severity: alert.severity },
        annotations: { summary: alert.summary, runbook_url: `${runbooks}/${alert.runbook}.md` },
      })),
    })),
  };
}
