import { useId } from "react";
import { useMessages } from "../i18n/messages.tsx";

interface ChoiceProps {
  readonly label: string;
  /** What can be chosen: value → what is shown for it. */
  readonly names: Readonly<Record<string, string>>;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** One of several, or any. */
export function Choice({ label, names, value, onChange }: ChoiceProps) {
  const { any } = useMessages().servers;
  const id = useId();
  return (
    <div className="choice">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value ?? ""} onChange={({ target }) => onChange(target.value || undefined)}>
        <option value="">{any}</option>
        {Object.entries(names).map(([name, shown]) => (
          <option key={name} value={name}>
            {shown}
          </option>
        ))}
      </select>
    </div>
  );
}
