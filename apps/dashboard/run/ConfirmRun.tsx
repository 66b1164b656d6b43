import type { Action } from "@homeslice/protocol/actions.ts";
import type { ApprovalRule } from "@homeslice/protocol/approvals.ts";
import type { ExecutionPreview, NewExecution } from "@homeslice/protocol/executions.ts";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";
import { newKey } from "./newKey.ts";
import { RunPreview } from "./RunPreview.tsx";
import { needsCount } from "./risk.ts";

export interface ConfirmRunProps {
  readonly body: NewExecution;
  readonly action: Action | undefined;
  readonly preview: ExecutionPreview;
  readonly rules: readonly ApprovalRule[];
  readonly onClose: () => void;
}

/** Lists exactly what runs where before it starts; the servers are those that were shown, whatever joins meanwhile. */
export function ConfirmRun({ body, action, preview, rules, onClose }: ConfirmRunProps) {
  const { run: texts } = useMessages();
  const navigate = useNavigate();
  const shown = useRef(preview).current;
  const key = useRef(newKey());
  const count = shown.targets.length;
  const start = useChange({
    run: () => {
      const { targets: _chosen, ...rest } = body;
      const target_servers = shown.targets.map(({ server_id }) => server_id);
      return api.call("startExecution", { body: { ...rest, target_servers }, idempotencyKey: key.current });
    },
    invalidates: [["history"]],
    says: () => (rules.length > 0 ? texts.waitsForApproval : texts.started(count)),
    onDone: ({ execution_id }) =>
      void navigate({ to: "/executions/$executionId", params: { executionId: execution_id } }),
  });
  const risky = needsCount(shown, { dryRun: body.dry_run, actionType: action?.action_type });
  return (
    <ConfirmDialog
      title={body.dry_run ? texts.confirmDryRun(count) : texts.confirm(count)}
      action={body.dry_run ? texts.startDryRun : texts.start(count)}
      danger={risky}
      count={risky ? count : undefined}
      busy={start.busy}
      error={start.error}
      onConfirm={() => start.start()}
      onClose={onClose}
    >
      <RunPreview preview={shown} rules={rules} dryRun={body.dry_run} />
    </ConfirmDialog>
  );
}
