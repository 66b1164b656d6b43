import { useId } from "react";
import { useMessages } from "../i18n/messages.tsx";

interface DayRangeProps {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly onChange: (part: { from?: string | undefined; to?: string | undefined }) => void;
}

/** From one day to another, both of them included; either may be left open. */
export function DayRange({ from, to, onChange }: DayRangeProps) {
  const { ui } = useMessages();
  const id = useId();
  return (
    <>
      <div className="choice">
        <label htmlFor={`${id}from`}>{ui.from}</label>
        <input
          id={`${id}from`}
          type="date"
          max={to}
          value={from ?? ""}
          onChange={({ target }) => onChange({ from: target.value || undefined })}
        />
      </div>
      <div className="choice">
        <label htmlFor={`${id}to`}>{ui.to}</label>
        <input
          id={`${id}to`}
          type="date"
          min={from}
          value={to ?? ""}
          onChange={({ target }) => onChange({ to: target.value || undefined })}
        />
      </div>
    </>
  );
}
