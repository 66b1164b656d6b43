import { problemStatus, type Route, reportKinds, routes } from "@homeslice/protocol";
import { fieldTable } from "./schema.ts";

const introduction = `# REST API

Generated from the catalogue of routes. The same as OpenAPI 3.1: \`GET /api/v1/openapi.json\`.

Send \`Authorization: Bearer TOKEN\` (\`./homeslice token\` prints one) and JSON bodies. Lists come in pages, newest first unless \`sort\`
says otherwise: send \`next_cursor\` of one page as \`cursor\` to get the next. An answer that carries a \`version\` has it as ETag; a change that carries it as \`If-Match\`
is refused when somebody was faster. A start that carries an \`Idempotency-Key\` can be sent again: it starts nothing twice.

Every error is a problem document (RFC 9457) with a stable
\`code\`, and, for a faulty request, every fault with its place under \`errors\`:

| Code | Status |
| --- | --- |
${Object.entries(problemStatus)
  .map(([name, status]) => `| \`${name}\` | ${status} |`)
  .join("\n")}

\`GET /api/v1/audit/export?format=csv|jsonl\` (permission \`audit:read\`) takes the filters of \`GET /api/v1/audit\` and answers all
entries that they let through, newest first, as CSV or as JSON lines.

\`GET /api/v1/reports/{kind}?format=json|csv|pdf&since=&until=\` makes a report of a period, by default of the last 30 days, as
a file: see [reports](../reports.md). Each kind needs the permission of what is in it:

| Kind | Permission | |
| --- | --- | --- |
${Object.entries(reportKinds)
  .map(([name, { title, permission }]) => `| \`${name}\` | \`${permission}\` | ${title} |`)
  .join("\n")}

\`GET /api/v1/reports/{report_id}/content\` (permissions \`reports:read\` and that of its kind) answers a report that a schedule made, as it was made.

\`WebSocket /ws/executions/{execution_id}\`: send \`{"type":"follow","after":{SERVER_ID:SEQ}}\` (permission
\`executions:read\`) with the last line that you hold of each server, or \`{}\`. You get \`execution\` whenever its state
changes, \`log\` with every later line once and in order, and \`end\` after the last line of the last server.

\`WebSocket /ws/workflow-runs/{run_id}\`: send \`{"type":"follow"}\` (permission \`workflows:read\`). You get \`run\` with all
steps, at first and within a second whenever one of them has moved, and \`end\` when the run has ended. There is nothing to
resume: a new connection begins with the run as it is.

\`WebSocket /ws/servers/status\`: send \`{"type":"follow"}\` (permission \`servers:read\`). You get \`servers\` with status and
circuit breaker of all servers, then within a second of each that has changed, and as \`gone\` the ids of those deleted.
`;

/** docs/reference/api.md */
export function apiReference(): string {
  return [introduction, ...Object.values<Route>(routes).map(section)].join("\n");
}

function section(route: Route): string {
  const parts = [
    `## \`${route.method} ${route.path}\``,
    `${route.summary}. ${permission(route)}${route.idempotent ? " Takes `Idempotency-Key`." : ""}${route.versioned ? " Takes `If-Match`." : ""}`,
    part("Query", fieldTable(route.query, "input")),
    part("Body", fieldTable(route.body, "input")),
    route.status === 204
      ? "Answers 204 without a body."
      : part(`Answers ${route.status}`, fieldTable(route.response, "output")),
  ];
  return `${parts.filter((text) => text !== undefined).join("\n\n")}\n`;
}

function permission({ permission: needed }: Route): string {
  return needed === "public" ? "Needs no token." : `Permission: \`${needed}\`.`;
}

function part(title: string, table: string | undefined): string | undefined {
  return table && `${title}:\n\n${table}`;
}
