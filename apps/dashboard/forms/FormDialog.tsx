import type { ReactNode } from "react";
import { problemOf } from "../api/client.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { FaultList } from "../ui/FaultList.tsx";
import { ErrorNotice } from "../ui/notices.tsx";
import { faultsElsewhere } from "./faults.ts";
import { FaultsContext } from "./fields.tsx";
import type { Form } from "./useForm.ts";

interface FormDialogProps {
  readonly title: string;
  /** What the button says: the deed itself. */
  readonly action: string;
  readonly form: Pick<Form<unknown>, "faults" | "error" | "busy" | "submit" | "element">;
  /** Places of the body whose faults the fields show: those of others are listed. */
  readonly shown: readonly string[];
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Fields over the page, with what is wrong at each of them; what was filled in stays until it was taken or given up. */
export function FormDialog({ title, action, form, shown, onClose, children }: FormDialogProps) {
  const { ui } = useMessages();
  return (
    <Dialog title={title} onClose={onClose} wide>
      <form ref={form.element} onSubmit={form.submit} noValidate className="form">
        <FaultsContext value={form.faults}>{children}</FaultsContext>
        <Refusal form={form} shown={shown} />
        <div className="dialog-actions">
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" kind="primary" busy={form.busy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Why it was refused, as far as no field says it. */
function Refusal({ form, shown }: Pick<FormDialogProps, "form" | "shown">) {
  const { forms } = useMessages();
  const others = faultsElsewhere(form.faults, shown);
  if (form.error !== null && !problemOf(form.error).errors) return <ErrorNotice error={form.error} />;
  if (Object.keys(form.faults).length === 0) return null;
  return (
    <div role="alert" className="notice notice-error">
      <p>{forms.faults}</p>
      {others.length > 0 && <FaultList faults={others.map(([path, message]) => ({ path, message }))} />}
    </div>
  );
}
