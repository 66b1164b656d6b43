import { useMessages } from "../i18n/messages.tsx";
import type { LogLook } from "./LogLines.tsx";

const switches = ["follow", "wrap", "times"] as const;

/** How the output is shown. */
export function LogSwitches({ look, onLook }: { look: LogLook; onLook: (look: LogLook) => void }) {
  const { executions: texts } = useMessages();
  return switches.map((name) => (
    <label key={name} className="log-switch">
      <input
        type="checkbox"
        checked={look[name]}
        onChange={({ target }) => onLook({ ...look, [name]: target.checked })}
      />
      {texts.switches[name]}
    </label>
  ));
}
