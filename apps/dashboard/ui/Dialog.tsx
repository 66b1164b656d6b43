import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "./Button.tsx";

interface DialogProps {
  readonly title: string;
  /** Asked for by Escape and the cross; a dialog without it stays until what it asks for is done. */
  readonly onClose?: () => void;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** Shows its content over the page for as long as it exists; the focus returns to where it was. */
export function Dialog({ title, onClose, wide = false, children }: DialogProps) {
  const { ui } = useMessages();
  const box = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const dialog = box.current;
    const before = document.activeElement;
    dialog?.showModal();
    // By itself it would be the cross that closes it.
    dialog?.querySelector<HTMLElement>("input, select, textarea")?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      className={wide ? "dialog dialog-wide" : "dialog"}
      aria-labelledby={heading}
      tabIndex={-1}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
    >
      <div className="dialog-head">
        <h2 id={heading}>{title}</h2>
        {onClose && (
          <Button className="button-quiet" aria-label={ui.close} onClick={onClose}>
            <span aria-hidden="true">✕</span>
          </Button>
        )}
      </div>
      {children}
    </dialog>
  );
}
