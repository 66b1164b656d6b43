import type { QueryKey } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { z } from "zod";
import { useMessages } from "../i18n/messages.tsx";
import { FormDialog } from "./FormDialog.tsx";
import { TextField } from "./fields.tsx";
import { useForm } from "./useForm.ts";

interface ReasonDialogProps {
  readonly title: string;
  /** What the button says: the deed itself. */
  readonly action: string;
  /** What will happen. */
  readonly children?: ReactNode;
  readonly send: (reason: string) => Promise<unknown>;
  readonly invalidates: readonly QueryKey[];
  readonly onClose: () => void;
  readonly onDone?: () => void;
}

const Body = z.object({ reason: z.string().min(1).max(500) });

/** Asks why something is done, which the audit log keeps, and does it. */
export function ReasonDialog({ title, action, children, send, invalidates, onClose, onDone }: ReasonDialogProps) {
  const { forms } = useMessages();
  const form = useForm({
    initial: { reason: "" },
    body: ({ reason }) => ({ reason: reason.trim() }),
    schema: Body,
    send: ({ reason }) => send(reason),
    invalidates,
    onDone: () => {
      onClose();
      onDone?.();
    },
  });
  return (
    <FormDialog title={title} action={action} form={form} shown={["reason"]} onClose={onClose}>
      {children}
      <TextField
        path="reason"
        label={forms.reason}
        hint={forms.reasonHint}
        value={form.draft.reason}
        onChange={(reason) => form.set({ reason })}
      />
    </FormDialog>
  );
}
