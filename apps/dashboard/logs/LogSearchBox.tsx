import { type KeyboardEvent, useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";

interface LogSearchBoxProps {
  readonly wanted: string;
  readonly onWanted: (wanted: string) => void;
  /** `index` of each line that has it. */
  readonly found: readonly number[];
  readonly onGo: (index: number | undefined) => void;
}

/** Looks for a text in the output; Enter goes to the next line that has it, with Shift to the one before. */
export function LogSearchBox({ wanted, onWanted, found, onGo }: LogSearchBoxProps) {
  const { executions: texts } = useMessages();
  const [at, setAt] = useState<number>();
  const place = at === undefined ? -1 : found.indexOf(at);
  const step = (by: number) => {
    const start = place < 0 && by < 0 ? 0 : place;
    const to = found.at((start + by) % found.length);
    setAt(to);
    onGo(to);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || found.length === 0) return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  };
  return (
    <search className="log-search">
      <input
        type="search"
        aria-label={texts.search}
        placeholder={texts.search}
        value={wanted}
        onChange={({ target }) => {
          onWanted(target.value);
          setAt(undefined);
        }}
        onKeyDown={press}
      />
      <Button aria-label={texts.previous} disabled={found.length === 0} onClick={() => step(-1)}>
        <span aria-hidden="true">↑</span>
      </Button>
      <Button aria-label={texts.next} disabled={found.length === 0} onClick={() => step(1)}>
        <span aria-hidden="true">↓</span>
      </Button>
      <span role="status">{wanted !== "" && texts.matches(found.length, place + 1)}</span>
    </search>
  );
}
