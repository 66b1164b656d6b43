import type { ApprovalRule } from "@homeslice/protocol/approvals.ts";
import type { ExecutionPreview } from "@homeslice/protocol/executions.ts";
import { useMessages } from "../i18n/messages.tsx";
import { exactText, isDisguised } from "../ui/exactText.ts";
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
  const ruleNames = rules.map(({ name }) => name).join(", ");
  return (
    <>
      {dryRun && <p className="banner">{texts.dryRunNotice}</p>}
      {rules.length > 0 && (
        <p className="banner">
          {exactText(texts.approvalNotice(Math.max(...rules.map(({ approvals }) => approvals)), ruleNames))}
        </p>
      )}
      {isDisguised([ruleNames, ...textsOf(operation), ...targets.map(({ hostname }) => hostname)]) && (
        <p className="banner">{texts.disguised}</p>
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
                {exactText(hostname)}: {exactText(reason)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** Everything that is said of an operation, however deep. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsOf(inner)]);
}
