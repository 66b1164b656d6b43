import type { Execution } from "@homeslice/protocol/executions.ts";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { newKey } from "../run/newKey.ts";
import { useServerNames } from "../servers/useServerNames.ts";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";
import { exactText } from "../ui/exactText.ts";
import { titleOf } from "./title.ts";

/** Starts what has ended again, where it did not succeed. */
export function RetryButton({ execution }: { execution: Execution }) {
  const { executions: texts } = useMessages();
  // One key for as long as the dialog is open: asking twice starts once.
  const [key, setKey] = useState<string>();
  const navigate = useNavigate();
  const name = useServerNames(execution.target_servers);
  const retry = useChange({
    run: (idempotencyKey: string) =>
      api.call("retryExecution", { params: { execution_id: execution.execution_id }, idempotencyKey }),
    invalidates: [["history"]],
    onDone: ({ execution_id }) => {
      setKey(undefined);
      void navigate({ to: "/executions/$executionId", params: { executionId: execution_id }, search: {} });
    },
  });
  const failed = execution.results.details.filter(({ status }) => status !== "succeeded");
  return (
    <>
      <Button className="page-action" onClick={() => setKey(newKey())}>
        {texts.retry}
      </Button>
      {key !== undefined && (
        <ConfirmDialog
          title={texts.retryTitle}
          action={texts.retry}
          busy={retry.busy}
          error={retry.error}
          onConfirm={() => retry.start(key)}
          onClose={() => setKey(undefined)}
        >
          <p>{texts.retryWhat(failed.length)}</p>
          <p>
            <code>{titleOf(execution)}</code>
          </p>
          <ul className="confirm-list">
            {failed.map(({ server_id }) => (
              <li key={server_id}>{exactText(name(server_id))}</li>
            ))}
          </ul>
        </ConfirmDialog>
      )}
    </>
  );
}
