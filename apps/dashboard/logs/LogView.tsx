import { type ReactNode, useDeferredValue, useMemo, useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { LogLines, type LogLook } from "./LogLines.tsx";
import { LogSearchBox } from "./LogSearchBox.tsx";
import { LogSwitches } from "./LogSwitches.tsx";
import type { LineList } from "./lineList.ts";
import { type LineName, NamedLine, nameOf } from "./lineName.ts";
import { LogSearch } from "./logSearch.ts";

interface LogViewProps {
  readonly log: LineList;
  /** Whether nothing more will come. */
  readonly ended: boolean;
  /** The line that the address names, and how another one is named there. */
  readonly named: LineName | undefined;
  readonly onName: (name: LineName) => void;
  readonly address: (name: LineName) => string;
  /** What the server of a line is called, where that is of interest. */
  readonly server: ((serverId: string) => string) | undefined;
  /** What else can be done with the output. */
  readonly children?: ReactNode;
}

/** Output of commands as it comes: it can be searched, followed, and a line of it named. */
export function LogView({ log, ended, named, onName, address, server, children }: LogViewProps) {
  const { executions: texts } = useMessages();
  const [wanted, setWanted] = useState("");
  const [look, setLook] = useState<LogLook>({ wrap: false, times: false, follow: named === undefined });
  const { lines } = log;
  const looked = useDeferredValue(wanted);
  const search = useMemo(() => new LogSearch(looked), [looked]);
  const found = looked === "" ? undefined : search.look(lines);
  const place = useMemo(() => named && new NamedLine(named), [named]);
  const go = (to: number | undefined) => {
    const line = to === undefined ? undefined : lines[to - (lines[0]?.index ?? 0)];
    if (!line) return;
    setLook((before) => ({ ...before, follow: false }));
    onName(nameOf(line));
  };
  return (
    <section className="log" aria-label={texts.output}>
      <div className="log-tools">
        <LogSearchBox wanted={wanted} onWanted={setWanted} found={found} onGo={go} />
        <LogSwitches look={look} onLook={setLook} />
        {children}
      </div>
      {log.dropped > 0 && <p className="log-note">{texts.dropped(log.dropped)}</p>}
      {lines.length === 0 && <p className="log-note">{ended ? texts.noOutputEver : texts.noOutput}</p>}
      <LogLines
        lines={lines}
        count={lines.length}
        look={look}
        wanted={looked}
        named={place?.look(lines)}
        onFollow={(follow) => setLook((before) => ({ ...before, follow }))}
        address={address}
        onName={onName}
        server={server}
      />
    </section>
  );
}
