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
  /** What it is called where nothing is deleted, but ended otherwise. */
  readonly words?: {
    readonly action: string;
    readonly title: (name: string) => string;
    readonly done: (name: string) => string;
  };
}

/** Deletes one thing, after asking. */
export function DeleteButton({ name, consequence, run, invalidates, onDone, words }: DeleteButtonProps) {
  const { forms } = useMessages();
  const { action, title, done } = words ?? { action: forms.delete, title: forms.deleteOf, done: forms.deletedOf };
  const [asking, setAsking] = useState(false);
  const remove = useChange({
    run,
    invalidates,
    says: () => done(name),
    onDone: () => {
      setAsking(false);
      onDone?.();
    },
  });
  return (
    <>
      <Button kind="danger" aria-label={title(name)} onClick={() => setAsking(true)}>
        {action}
      </Button>
      {asking && (
        <ConfirmDialog
          title={title(name)}
          action={action}
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
