import type { Message } from "./message.ts";

/** The page of the dashboard where one sees what a message is of, as a path. */
export function pageOf({ event, fields }: Pick<Message, "event" | "fields">): string {
  switch (event) {
    case "execution.succeeded":
    case "execution.cancelled":
    case "execution.failed":
      return `/executions/${fields.execution_id}`;
    case "workflow.succeeded":
    case "workflow.cancelled":
    case "workflow.failed":
    case "workflow.waiting":
      return `/workflow-runs/${fields.run_id}`;
    case "approval.requested":
      return "/approvals";
    case "schedule.failed":
    case "schedule.missed":
      return "/schedules";
    case "server.unreachable":
      return "/servers";
    case "report.ready":
      return "/reports";
    case "test":
      return "/notifications";
  }
}
