import { type KeyboardEvent, useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { placeAmong } from "./logSearch.ts";

interface LogSearchBoxProps {
  readonly wanted: string;
  readonly onWanted: (wanted: string) => void;
  /** `index` of each line that has it; undefined until that is known, and where nothing is looked for. */
  readonly found: readonly number[] | undefined;
  readonly onGo: (index: number | undefined) => void;
}

/** Looks for a text in the output; Enter goes to the next line that has it, with Shift to the one before. */
export function LogSearchBox({ wanted, onWanted, found, onGo }: LogSearchBoxProps) {
  const { executions: texts } = useMessages();
  const [at, setAt] = useState<number>();
  const among = found === undefined || at === undefined ? -1 : placeAmong(found, at);
  const place = found?.[among] === at ? among : -1;
  const none = found === undefined || found.length === 0;
  const step = (by: number) => {
    if (none) return;
    const start = place < 0 && by < 0 ? 0 : place;
    const to = found.at((start + by) % found.length);
    setAt(to);
    onGo(to);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || none) return;
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
      <Button aria-label={texts.previous} disabled={none} onClick={() => step(-1)}>
        <span aria-hidden="true">↑</span>
      </Button>
      <Button aria-label={texts.next} disabled={none} onClick={() => step(1)}>
        <span aria-hidden="true">↓</span>
      </Button>
      <span role="status">{found && texts.matches(found.length, place + 1)}</span>
    </search>
  );
}
