import type { ApprovalRule } from "@homeslice/protocol/approvals.ts";
import type { ExecutionPreview } from "@homeslice/protocol/executions.ts";
import { useMessages } from "../i18n/messages.tsx";
import { OperationView } from "./OperationView.tsx";
import { TargetTable } from "./TargetTable.tsx";

interface RunPreviewProps {
  readonly preview: ExecutionPreview;
  /** The rules that ask others first. */
  readonly rules: readonly ApprovalRule[];
  readonly dryRun: boolean;
}

/** Exactly what would run, and where. */
export function RunPreview({ preview, rules, dryRun }: RunPreviewProps) {
  const { run: texts } = useMessages();
  const { operation, targets, excluded, batches } = preview;
  return (
    <>
      {dryRun && <p className="banner">{texts.dryRunNotice}</p>}
      {rules.length > 0 && (
        <p className="banner">
          {texts.approvalNotice(
            Math.max(...rules.map(({ approvals }) => approvals)),
            rules.map(({ name }) => name).join(", "),
          )}
        </p>
      )}
      <h3>{texts.operation}</h3>
      <OperationView operation={operation} />
      <h3>{texts.reaches(targets.length, batches)}</h3>
      {targets.length > 0 && <TargetTable targets={targets} />}
      {excluded.length > 0 && (
        <details>
          <summary>{texts.excluded(excluded.length)}</summary>
          <ul>
            {excluded.map(({ server_id, hostname, reason }) => (
              <li key={server_id}>
                {hostname}: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
