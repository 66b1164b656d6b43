import { PanelBuilder as BarGauge } from "@grafana/grafana-foundation-sdk/bargauge";
import { type Dashboard, DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as Logs } from "@grafana/grafana-foundation-sdk/logs";
import { DataqueryBuilder as LokiQuery } from "@grafana/grafana-foundation-sdk/loki";
import { DataqueryBuilder as PrometheusQuery } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as Stat } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeSeries } from "@grafana/grafana-foundation-sdk/timeseries";
import { DATASOURCES } from "../datasources.ts";

/** What a number measures, by the names that Grafana has for it. */
export type Unit = "short" | "percent" | "percentunit" | "bytes" | "Bps" | "s" | "reqps" | "ops";

/** One line of a graph: what it shows, and what it is called. */
export type Line = readonly [expr: string, legend: string];

/** What a dashboard is made of: 24 columns wide. */
export type Panel = Stat | TimeSeries | BarGauge | Logs;

const prometheus = { type: "prometheus", uid: DATASOURCES.prometheus };
const loki = { type: "loki", uid: DATASOURCES.loki };

/** One number of this moment, a sixth of the width. */
export function number(title: string, unit: Unit, expr: string): Panel {
  const query = new PrometheusQuery().expr(expr).instant();
  return new Stat().title(title).datasource(prometheus).unit(unit).withTarget(query).height(4).span(4);
}

/** Lines over time, half the width. */
export function graph(title: string, unit: Unit, ...lines: readonly Line[]): Panel {
  const panel = new TimeSeries().title(title).datasource(prometheus).unit(unit).height(8).span(12);
  for (const [expr, legend] of lines) panel.withTarget(new PrometheusQuery().expr(expr).legendFormat(legend));
  return panel;
}

/** One bar for each of several things, half the width; full at the maximum. */
export function bars(title: string, unit: Unit, [expr, legend]: Line, max: number): Panel {
  const query = new PrometheusQuery().expr(expr).legendFormat(legend).instant();
  return new BarGauge()
    .title(title)
    .datasource(prometheus)
    .unit(unit)
    .min(0)
    .max(max)
    .withTarget(query)
    .height(8)
    .span(12);
}

/** The newest lines of a log, the whole width. */
export function logs(title: string, expr: string): Panel {
  return new Logs()
    .title(title)
    .datasource(loki)
    .withTarget(new LokiQuery().expr(expr))
    .showTime(true)
    .height(10)
    .span(24);
}

/** @param uid fixed, so that addresses of the dashboard stay good */
export function dashboard(uid: string, title: string, ...panels: readonly Panel[]): Dashboard {
  const builder = new DashboardBuilder(title).uid(`homeslice-${uid}`).tags(["homeslice"]).refresh("1m").readonly();
  builder.time({ from: "now-6h", to: "now" });
  for (const panel of panels) builder.withPanel(panel);
  return builder.build();
}
