import type { QueryKey } from "@tanstack/react-query";
import { useState } from "react";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";

interface DeleteButtonProps {
  /** What is deleted, by its name. */
  readonly name: string;
  /** What becomes of what depends on it. */
  readonly consequence: string;
  readonly run: () => Promise<unknown>;
  readonly invalidates: readonly QueryKey[];
  readonly onDone?: () => void;
}

/** Deletes one thing, after asking. */
export function DeleteButton({ name, consequence, run, invalidates, onDone }: DeleteButtonProps) {
  const { forms } = useMessages();
  const [asking, setAsking] = useState(false);
  const remove = useChange({
    run,
    invalidates,
    says: () => forms.deletedOf(name),
    onDone: () => {
      setAsking(false);
      onDone?.();
    },
  });
  return (
    <>
      <Button kind="danger" aria-label={forms.deleteOf(name)} onClick={() => setAsking(true)}>
        {forms.delete}
      </Button>
      {asking && (
        <ConfirmDialog
          title={forms.deleteOf(name)}
          action={forms.delete}
          danger
          busy={remove.busy}
          error={remove.error}
          onConfirm={() => remove.start()}
          onClose={() => setAsking(false)}
        >
          <p>{consequence}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
