import type { Figures } from "./bench.ts";

/** The figures as a table for people. */
export function table(figures: Figures): string {
  const head = ["", "measured", "unit", "target", "met", "floor", "ratio"];
  const rows = Object.entries(figures).map(([name, { value, unit, target, met, floor, ratio }]) => [
    name,
    String(value),
    unit,
    target === null ? "" : String(target),
    target === null ? "" : met ? "yes" : "NO",
    floor === null ? "" : String(floor),
    ratio === null ? "" : String(ratio),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return `${[head, ...rows].map((row) => line(row).trimEnd()).join("\n")}\n`;
}
