import { type KeyboardEvent, useDeferredValue, useId, useMemo, useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { bestMatches } from "./match.ts";
import { useEntries } from "./useEntries.ts";

/** Goes anywhere by a few letters. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { commands: texts } = useMessages();
  const entries = useEntries();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const looked = useDeferredValue(typed);
  const found = useMemo(() => bestMatches(entries, looked), [entries, looked]);
  const id = useId();
  const choose = (place: number) => {
    const entry = found[place];
    if (!entry) return;
    onClose();
    entry.run();
  };
  const press = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined) setAt((at + step + found.length) % Math.max(1, found.length));
    else if (event.key === "Enter") choose(at);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={texts.title} onClose={onClose} wide>
      <input
        type="text"
        role="combobox"
        aria-label={texts.search}
        aria-expanded={found.length > 0}
        aria-controls={`${id}list`}
        aria-activedescendant={found[at] && `${id}${at}`}
        autoComplete="off"
        value={typed}
        onKeyDown={press}
        onChange={({ target }) => {
          setTyped(target.value);
          setAt(0);
        }}
      />
      <div role="listbox" id={`${id}list`} aria-label={texts.title} className="palette" tabIndex={-1}>
        {found.map(({ key, text, kind }, place) => (
          <button
            type="button"
            key={key}
            id={`${id}${place}`}
            role="option"
            aria-selected={place === at}
            tabIndex={-1}
            ref={place === at ? scrollTo : undefined}
            onClick={() => choose(place)}
          >
            <span>{text}</span>
            <span className="muted">{kind}</span>
          </button>
        ))}
      </div>
      {found.length === 0 && <p role="status">{texts.none}</p>}
    </Dialog>
  );
}

function scrollTo(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}
