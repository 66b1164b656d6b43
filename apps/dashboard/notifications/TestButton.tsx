import type { Channel } from "@homeslice/protocol/notifications.ts";
import { useState } from "react";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { ErrorNotice } from "../ui/notices.tsx";

/** Sends a message to a channel now, and says whether it was taken. */
export function TestButton({ channel: { channel_id, name } }: { channel: Channel }) {
  const { notifications: texts, ui } = useMessages();
  const [answer, setAnswer] = useState<string>();
  const test = useChange({
    run: () => api.call("testChannel", { params: { channel_id } }),
    onDone: ({ sent, error }) => setAnswer(sent ? texts.taken : texts.notTaken(error ?? "")),
  });
  const close = () => {
    setAnswer(undefined);
    test.reset();
  };
  return (
    <>
      <Button aria-label={texts.testOf(name)} busy={test.busy} onClick={() => test.start()}>
        {texts.test}
      </Button>
      {(answer !== undefined || test.error) && (
        <Dialog title={texts.testOf(name)} onClose={close}>
          {test.error ? <ErrorNotice error={test.error} /> : <p role="status">{answer}</p>}
          <div className="dialog-actions">
            <Button kind="primary" onClick={close}>
              {ui.close}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
