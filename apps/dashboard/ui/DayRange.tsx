import { useId, useState } from "react";
import { useMessages } from "../i18n/messages.tsx";

interface DayRangeProps {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly onChange: (part: { from?: string | undefined; to?: string | undefined }) => void;
}

/** From one day to another, both of them included; either may be left open. */
export function DayRange({ from, to, onChange }: DayRangeProps) {
  const { ui } = useMessages();
  return (
    <>
      <DayField label={ui.from} max={to} day={from} onChange={(day) => onChange({ from: day })} />
      <DayField label={ui.to} min={from} day={to} onChange={(day) => onChange({ to: day })} />
    </>
  );
}

interface DayFieldProps {
  readonly label: string;
  readonly day: string | undefined;
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  readonly onChange: (day: string | undefined) => void;
}

/** One day. While its year is typed, the days of the first centuries that come about are nobody's choice yet. */
function DayField({ label, day, min, max, onChange }: DayFieldProps) {
  const id = useId();
  const [typed, setTyped] = useState(day ?? "");
  const [known, setKnown] = useState(day);
  if (day !== known) {
    setKnown(day);
    setTyped(day ?? "");
  }
  const type = (text: string) => {
    setTyped(text);
    if (!text.startsWith("0")) onChange(text === "" ? undefined : text);
  };
  return (
    <div className="choice">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="date" min={min} max={max} value={typed} onChange={({ target }) => type(target.value)} />
    </div>
  );
}
