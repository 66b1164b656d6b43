/** Lines whose cells stand below each other. What came from elsewhere cannot move the cursor or colour anything. */
export function alignedLines(rows: readonly (readonly string[])[]): string {
  const printable = rows.map((row) => row.map((cell) => cell.replaceAll(/\p{Cc}/gu, "�")));
  const columns = Math.max(0, ...printable.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...printable.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return printable.map((row) => `${line(row).trimEnd()}\n`).join("");
}
