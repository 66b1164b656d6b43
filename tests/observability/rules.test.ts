import { existsSync } from "node:fs";
import { join } from "node:path";
import { logAlerts } from "@homeslice/components/loki/alerts.ts";
import { ruleFile } from "@homeslice/components/prometheus/rules/alert.ts";
import { alertGroups } from "@homeslice/components/prometheus/rules/index.ts";
import { catalogue } from "@homeslice/stacks/catalogue.ts";
import { describe, expect, it } from "vitest";
import { debianProgram } from "../support/debian.ts";
import { type AlertCase, alertCases, type Series } from "./alertCases.ts";
import { verdictOf } from "./promtool.ts";

const jobs = Object.entries(catalogue).flatMap(([name, entry]) => ("metrics" in entry ? [name] : []));
const alerts = alertGroups(jobs).flatMap((group) => group.alerts);
const rules = JSON.stringify(ruleFile(alertGroups(jobs), "https://example.org/runbooks"));
const promtool = debianProgram("promtool", "prometheus");
const runbooks = join(import.meta.dirname, "../../docs/runbooks");

describe("every alert", () => {
  it.each([...alerts, ...logAlerts.flatMap((group) => group.alerts)])(
    "tells what to do in a runbook: $name, $runbook",
    ({ runbook, summary }) => {
      expect(existsSync(join(runbooks, `${runbook}.md`))).toBe(true);
      expect(summary.length).toBeGreaterThan(10);
    },
  );

  it("is tried both ways", () => {
    const tried = new Set(alertCases.map(({ alert }) => alert.replace(/\{.*/, "")));
    const untried = alerts.filter(({ name }) => name !== "Watchdog" && !tried.has(name));
    expect(untried.map(({ name }) => name)).toEqual([]);
  });
});

/** One test of promtool: after the minutes given, so many alerts fire. */
function promtoolTest({ alert, at }: AlertCase, given: Series, firing: boolean) {
  const [name = "", labels] = alert.replace("}", "").split("{");
  const matchers = [`alertname="${name}"`, 'alertstate="firing"', ...(labels ? [labels] : [])];
  return {
    name: `${alert} ${firing ? "fires" : "is silent"}`,
    interval: "1m",
    input_series: Object.entries(given).map(([series, values]) => ({ series, values })),
    promql_expr_test: [
      {
        expr: `count(ALERTS{${matchers.join(",")}}) > bool 0`,
        eval_time: `${at}m`,
        exp_samples: firing ? [{ labels: "{}", value: 1 }] : [],
      },
    ],
  };
}

describe.skipIf("missing" in promtool)("a real Prometheus", () => {
  const program = "path" in promtool ? promtool.path : "";
  const tried = (cases: readonly object[]) => {
    const tests = JSON.stringify({ rule_files: ["rules.yml"], evaluation_interval: "1m", tests: cases });
    return verdictOf(program, ["test", "rules", "tests.yml"], { "rules.yml": rules, "tests.yml": tests });
  };

  it("takes the rules", async () => {
    const { passed, output } = await verdictOf(program, ["check", "rules", "rules.yml"], { "rules.yml": rules });
    expect(passed, output).toBe(true);
    expect(output).toContain(`SUCCESS: ${alerts.length} rules found`);
  });

  it("fires the watchdog with no measurement at all", async () => {
    const watchdog = { alert: "Watchdog", at: 1, fires: {}, silent: {} };
    const { passed, output } = await tried([promtoolTest(watchdog, {}, true)]);
    expect(passed, output).toBe(true);
  });

  it.each(alertCases)("fires $alert when it should, and not when it should not", async (each) => {
    const both = [promtoolTest(each, each.fires, true), promtoolTest(each, each.silent, false)];
    const { passed, output } = await tried(both);
    expect(passed, output).toBe(true);
  });

  it("notices a test that expects the wrong thing", async () => {
    const [first] = alertCases;
    if (!first) throw new Error("there is no case");
    expect((await tried([promtoolTest(first, first.silent, true)])).passed).toBe(false);
    expect((await tried([promtoolTest(first, first.fires, false)])).passed).toBe(false);
  });
});
