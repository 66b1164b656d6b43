import type { Execution } from "@homeslice/protocol/executions.ts";
import { Link } from "@tanstack/react-router";
import { useMessages } from "../i18n/messages.tsx";

/** Says that others are asked first, and leads there. */
export function ApprovalNotice({ execution: { approval, execution_id } }: { execution: Execution }) {
  const { executions: texts } = useMessages();
  if (approval !== "pending") return null;
  return (
    <p className="banner">
      {texts.waitsForApproval}{" "}
      <Link to="/approvals" search={{ execution: execution_id }}>
        {texts.toApproval}
      </Link>
    </p>
  );
}
