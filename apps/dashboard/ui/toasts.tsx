import { createContext, type ReactNode, use, useCallback, useRef, useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "./Button.tsx";

const SHOWN_MS = 8_000;

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: "done" | "failed";
}

type ShowToast = (text: string, kind?: Toast["kind"]) => void;
const ToastContext = createContext<ShowToast>(() => undefined);

/** Says in a corner of the page what has been done. What failed stays until it is dismissed. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const { ui } = useMessages();
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const last = useRef(0);
  const dismiss = useCallback((gone: number) => setToasts((held) => held.filter(({ id }) => id !== gone)), []);
  const show = useCallback<ShowToast>(
    (text, kind = "done") => {
      const id = ++last.current;
      setToasts((held) => [...held, { id, text, kind }]);
      if (kind === "done") setTimeout(() => dismiss(id), SHOWN_MS);
    },
    [dismiss],
  );
  return (
    <ToastContext value={show}>
      {children}
      <section className="toasts" role="status" aria-label={ui.notices}>
        {toasts.map(({ id, text, kind }) => (
          <p key={id} className="toast" data-kind={kind}>
            {text}
            <Button className="button-quiet" aria-label={ui.dismiss} onClick={() => dismiss(id)}>
              <span aria-hidden="true">✕</span>
            </Button>
          </p>
        ))}
      </section>
    </ToastContext>
  );
}

/** Shows a short notice over whatever page is open. */
export function useToast(): ShowToast {
  return use(ToastContext);
}
