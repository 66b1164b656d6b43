import { useState } from "react";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";

/** Ends an execution where it has not ended. @see cancelExecution */
export function CancelButton({ executionId, open }: { executionId: string; open: number }) {
  const { executions: texts } = useMessages();
  const [asking, setAsking] = useState(false);
  const cancel = useChange({
    run: () => api.call("cancelExecution", { params: { execution_id: executionId } }),
    says: () => texts.cancelAsked,
    onDone: () => setAsking(false),
  });
  return (
    <>
      <Button kind="danger" className="page-action" onClick={() => setAsking(true)}>
        {texts.cancel}
      </Button>
      {asking && (
        <ConfirmDialog
          title={texts.cancelTitle}
          action={texts.cancel}
          danger
          busy={cancel.busy}
          error={cancel.error}
          onConfirm={cancel.start}
          onClose={() => setAsking(false)}
        >
          <p>{texts.cancelWhat(open)}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
