import type { AuditVerification } from "@homeslice/protocol/audit.ts";
import { useState } from "react";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { Mark } from "../ui/Mark.tsx";
import { ErrorNotice } from "../ui/notices.tsx";

/** Computes the chain of hashes anew, and says whether the log is what it was. */
export function Verification() {
  const { audit: texts } = useMessages();
  const [found, setFound] = useState<AuditVerification>();
  const verify = useChange({ run: () => api.call("verifyAudit"), onDone: setFound });
  return (
    <div className="verification">
      <Button busy={verify.busy} onClick={() => verify.start()}>
        {texts.verify}
      </Button>
      <p role="status">
        {found && (
          <>
            <Mark tone={found.intact ? "good" : "bad"}>
              {found.intact ? texts.intact(found.checked) : texts.broken(found.broken_at ?? 0)}
            </Mark>
            {found.head && (
              <>
                {" "}
                {texts.head(found.head.position)} <code>{found.head.hash}</code>
              </>
            )}
          </>
        )}
      </p>
      {verify.error && <ErrorNotice error={verify.error} />}
    </div>
  );
}
