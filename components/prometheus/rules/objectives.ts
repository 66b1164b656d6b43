import type { AlertGroup } from "./alert.ts";

/** Share of the requests that may fail: of a thousand, all but one are to be answered without an error of the service. */
export const ERROR_BUDGET = 0.001;

const answered = (codes: string, window: string) => `sum(rate(traefik_service_requests_total${codes}[${window}]))`;

/** Share of the requests that failed in a window. */
export const failing = (window: string) => `${answered('{code=~"5.."}', window)} / ${answered("", window)}`;

/** How many times faster than allowed the budget is used up: over a long time, and still over a short one. */
const burns = (factor: number, long: string, short: string) =>
  `(${failing(long)} > ${factor} * ${ERROR_BUDGET} and ${failing(short)} > ${factor} * ${ERROR_BUDGET})`;

/** What is promised of all services together, as the edge sees it. */
export const objectiveAlerts: AlertGroup = {
  name: "objectives",
  alerts: [
    {
      name: "ErrorBudgetBurnsFast",
      // The budget of a month would be gone in two days, or in five.
      expr: `${burns(14.4, "1h", "5m")} or ${burns(6, "6h", "30m")}`,
      for: "2m",
      severity: "critical",
      summary: "{{ $value | humanizePercentage }} of all requests fail: errors of a month within days",
      runbook: "error-budget",
    },
    {
      name: "ErrorBudgetBurnsSlowly",
      // In ten days, or in a month.
      expr: `${burns(3, "1d", "2h")} or ${burns(1, "3d", "6h")}`,
      for: "15m",
      severity: "warning",
      summary: "{{ $value | humanizePercentage }} of all requests fail, more than one in a thousand",
      runbook: "error-budget",
    },
  ],
};
