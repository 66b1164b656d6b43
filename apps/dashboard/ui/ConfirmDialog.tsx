import { type FormEvent, type ReactNode, useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "./Button.tsx";
import { Dialog } from "./Dialog.tsx";
import { exactText } from "./exactText.ts";
import { Field } from "./Field.tsx";
import { ErrorNotice } from "./notices.tsx";

interface ConfirmDialogProps {
  readonly title: string;
  /** What exactly will happen. */
  readonly children: ReactNode;
  /** What the button says: the deed itself, never "OK". */
  readonly action: string;
  readonly danger?: boolean;
  /** How many things a destructive deed reaches: it has to be typed. */
  readonly count?: number | undefined;
  readonly busy?: boolean;
  readonly error?: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something is done that others will notice. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, action, danger = false, count, busy = false, error, onConfirm, onClose } = props;
  const { ui } = useMessages();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const fits = count === undefined || typed.trim() === String(count);
    setWrong(!fits);
    if (fits) onConfirm();
  };
  return (
    <Dialog title={exactText(title)} onClose={onClose} wide={count !== undefined}>
      <form onSubmit={submit} noValidate>
        {children}
        {count !== undefined && (
          <Field label={ui.typeCount(count)} error={wrong ? ui.wrongCount(count) : undefined}>
            {(control) => (
              <input
                {...control}
                inputMode="numeric"
                autoComplete="off"
                value={typed}
                onChange={({ target }) => setTyped(target.value)}
              />
            )}
          </Field>
        )}
        {error !== undefined && error !== null && <ErrorNotice error={error} />}
        <div className="dialog-actions">
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" kind={danger ? "danger" : "primary"} busy={busy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
