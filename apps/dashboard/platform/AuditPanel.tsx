import { useState } from "react";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { Mark } from "../ui/Mark.tsx";
import { ErrorNotice } from "../ui/notices.tsx";

/** Has the chain of the audit log computed anew, and says whether it is intact. */
export function AuditPanel() {
  const { platform: texts } = useMessages();
  const [intact, setIntact] = useState<boolean>();
  const verify = useChange({
    run: () => api.call("verifyAudit"),
    onDone: (answer) => setIntact(answer.intact),
  });
  return (
    <section aria-labelledby="audit-title" className="panel">
      <h2 id="audit-title">{texts.audit}</h2>
      <p className="muted">{texts.auditHint}</p>
      <div className="actions">
        <Button busy={verify.busy} onClick={() => verify.start()}>
          {texts.verify}
        </Button>
        <p role="status">
          {intact !== undefined && (
            <Mark tone={intact ? "good" : "bad"}>{intact ? texts.intact : texts.notIntact}</Mark>
          )}
        </p>
      </div>
      {verify.error && <ErrorNotice error={verify.error} />}
    </section>
  );
}
