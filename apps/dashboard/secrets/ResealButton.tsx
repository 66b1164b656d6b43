import { useState } from "react";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";

/** Seals everything with the newest key, after asking. */
export function ResealButton() {
  const { secrets: texts } = useMessages();
  const [asking, setAsking] = useState(false);
  const reseal = useChange({
    run: () => api.call("resealSecrets"),
    says: ({ resealed }) => texts.resealed(resealed),
    onDone: () => setAsking(false),
  });
  return (
    <>
      <Button onClick={() => setAsking(true)}>{texts.reseal}</Button>
      {asking && (
        <ConfirmDialog
          title={texts.reseal}
          action={texts.reseal}
          busy={reseal.busy}
          error={reseal.error}
          onConfirm={() => reseal.start()}
          onClose={() => setAsking(false)}
        >
          <p>{texts.resealHint}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
