import { type MouseEvent, memo, type Ref } from "react";
import type { LogLine } from "./lineList.ts";
import { type LineName, nameOf } from "./lineName.ts";
import { StyledText } from "./StyledText.tsx";

interface LogRowProps {
  readonly line: LogLine;
  /** Its place among those that are shown, and where it begins, in pixels. */
  readonly place: number;
  readonly top: number;
  /** Measures it, where lines have different heights. */
  readonly measure: Ref<HTMLDivElement> | undefined;
  readonly times: boolean;
  /** Whether it is the line that the address names. */
  readonly named: boolean;
  readonly wanted: string;
  /** What its server is called, where there are several. */
  readonly server: string | undefined;
  /** The address that names it, and what goes there. */
  readonly address: (name: LineName) => string;
  readonly onName: (name: LineName) => void;
}

/**
 * One line of output. Thousands of them come and go in a second: the same line is not rendered twice, and its number is a
 * plain link, because each link of the router would follow every change of the address.
 */
export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { line, place, top, measure, times, named, wanted, server, address, onName } = props;
  const name = nameOf(line);
  const go = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onName(name);
  };
  return (
    <div
      ref={measure}
      data-index={place}
      data-stream={line.stream}
      data-named={named}
      className="log-line"
      style={{ transform: `translateY(${top}px)` }}
    >
      <a href={address(name)} tabIndex={-1} onClick={go}>
        {line.seq}
      </a>
      {times && <time className="log-time">{line.at.slice(11, 23)}</time>}
      {server !== undefined && <span className="log-server">{server}</span>}
      <StyledText text={line.text} style={line.style} wanted={wanted} />
    </div>
  );
});
