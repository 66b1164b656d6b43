import { type ReactNode, useId } from "react";
import { useMessages } from "../i18n/messages.tsx";

/** What ties a control to its label, its hint and its fault. */
interface ControlProps {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": boolean;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with the value: of `useChange`, `faultAt(path)`. */
  readonly error?: string | undefined;
  readonly optional?: boolean;
  readonly children: (control: ControlProps) => ReactNode;
}

/** One control of a form, with its label above, and its hint and fault below. */
export function Field({ label, hint, error, optional = false, children }: FieldProps) {
  const { ui } = useMessages();
  const id = useId();
  const described = [...(hint === undefined ? [] : [`${id}hint`]), ...(error === undefined ? [] : [`${id}error`])];
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {optional && <span className="muted"> ({ui.optional})</span>}
      </label>
      {children({ id, "aria-describedby": described.join(" ") || undefined, "aria-invalid": error !== undefined })}
      {hint !== undefined && (
        <p id={`${id}hint`} className="field-hint">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}error`} className="field-error">
          {error}
        </p>
      )}
    </div>
  );
}
