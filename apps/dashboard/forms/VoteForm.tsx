import { NewVote } from "@homeslice/protocol/approvals.ts";
import type { QueryKey } from "@tanstack/react-query";
import { useState } from "react";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { ErrorNotice } from "../ui/notices.tsx";

interface VoteFormProps {
  readonly send: (vote: NewVote) => Promise<unknown>;
  readonly invalidates: readonly QueryKey[];
}

/** The word of whoever is logged in about what waits for it, with the reason. */
export function VoteForm({ send, invalidates }: VoteFormProps) {
  const { approvals: texts, forms } = useMessages();
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const vote = useChange({ run: send, invalidates, says: (_answer, { decision }) => texts.decided[decision] });
  const decide = (decision: NewVote["decision"]) => {
    const checked = NewVote.safeParse({ decision, reason: reason.trim() });
    setMissing(!checked.success);
    if (checked.success) vote.start(checked.data);
  };
  return (
    <form className="form" noValidate onSubmit={(event) => event.preventDefault()}>
      <Field
        label={forms.reason}
        hint={texts.reasonHint}
        error={missing ? texts.reasonMissing : vote.faultAt("reason")}
      >
        {(control) => <input {...control} value={reason} onChange={({ target }) => setReason(target.value)} />}
      </Field>
      {vote.error && <ErrorNotice error={vote.error} />}
      <div className="actions">
        <Button kind="primary" busy={vote.busy} onClick={() => decide("approve")}>
          {texts.approve}
        </Button>
        <Button kind="danger" busy={vote.busy} onClick={() => decide("refuse")}>
          {texts.refuse}
        </Button>
      </div>
    </form>
  );
}
