import { useId } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Dialog } from "../ui/Dialog.tsx";

interface ShownOnceProps {
  readonly title: string;
  readonly label: string;
  readonly text: string;
  readonly hint: string;
  readonly onClose: () => void;
}

/** Shows what can never be seen again, to be copied. It goes by its button alone, so that no key loses it. */
export function ShownOnce({ title, label, text, hint, onClose }: ShownOnceProps) {
  const { forms } = useMessages();
  const id = useId();
  return (
    <Dialog title={title} wide>
      <p>{hint}</p>
      <div className="with-button">
        <div className="field">
          <label htmlFor={id}>{label}</label>
          <input id={id} className="mono" readOnly value={text} onFocus={({ target }) => target.select()} />
        </div>
        <CopyButton text={text} />
      </div>
      <div className="dialog-actions">
        <Button kind="primary" onClick={onClose}>
          {forms.kept}
        </Button>
      </div>
    </Dialog>
  );
}
