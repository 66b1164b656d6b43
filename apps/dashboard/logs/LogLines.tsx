import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import { useMessages } from "../i18n/messages.tsx";
import type { LogLine } from "./lineList.ts";
import { type LineName, nameOf } from "./lineName.ts";
import { StyledText } from "./StyledText.tsx";

const LINE_HEIGHT = 20;
/** How near to its end the view counts as being at its end. */
const END_PX = 2 * LINE_HEIGHT;

/** How lines are shown. */
export interface LogLook {
  readonly wrap: boolean;
  readonly times: boolean;
  /** Whether the view stays at the end as more comes. */
  readonly follow: boolean;
}

interface LogLinesProps {
  readonly lines: readonly LogLine[];
  /** How many there have been: lines are added to the same array. */
  readonly count: number;
  readonly look: LogLook;
  readonly wanted: string;
  /** The line that the address names. */
  readonly named: LineName | undefined;
  readonly onFollow: (follow: boolean) => void;
  /** The address of a line. */
  readonly link: (line: LogLine, content: ReactNode) => ReactNode;
  /** What stands before a line, such as its server. */
  readonly prefix: (line: LogLine) => ReactNode;
}

/** Lines of output: only those in sight exist as elements, whatever the number of those held. */
export function LogLines({ lines, count, look, wanted, named, onFollow, link, prefix }: LogLinesProps) {
  const { executions: texts } = useMessages();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_HEIGHT,
    getItemKey: (index) => lines[index]?.index ?? index,
    overscan: 8,
  });
  const namedAt = useNamed(lines, count, named);
  useEffect(() => {
    if (namedAt !== undefined) virtual.scrollToIndex(namedAt, { align: "center" });
  }, [namedAt, virtual]);
  useEffect(() => {
    if (look.follow && count > 0) virtual.scrollToIndex(lines.length - 1, { align: "end" });
  }, [count, lines, look.follow, virtual]);
  const lastTop = useRef(0);
  // Going up ends following, coming down to the end begins it again.
  const watchEnd = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = box.current ?? {};
    const atEnd = scrollHeight - scrollTop - clientHeight < END_PX;
    const goesDown = scrollTop > lastTop.current;
    lastTop.current = scrollTop;
    if (look.follow && !atEnd && !goesDown) onFollow(false);
    if (!look.follow && atEnd && goesDown) onFollow(true);
  };
  return (
    <div
      className="log-lines"
      data-wrap={look.wrap}
      ref={box}
      onScroll={watchEnd}
      role="log"
      tabIndex={0}
      aria-label={texts.output}
    >
      <div className="log-canvas" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const line = lines[index];
          return (
            line && (
              <div
                key={key}
                ref={look.wrap ? virtual.measureElement : undefined}
                data-index={index}
                data-stream={line.stream}
                data-named={index === namedAt}
                className="log-line"
                style={{ transform: `translateY(${start}px)` }}
              >
                {link(line, line.seq)}
                {look.times && <time className="log-time">{line.at.slice(11, 23)}</time>}
                {prefix(line)}
                <StyledText text={line.text} wanted={wanted} />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

/** Where the line stands that the address names; once found, it is not looked for again. */
function useNamed(lines: readonly LogLine[], count: number, named: LineName | undefined): number | undefined {
  const found = useRef<{ name: LineName; index: number }>(undefined);
  if (named === undefined) return undefined;
  const first = lines[0]?.index ?? 0;
  if (found.current?.name !== named && count > 0) {
    const line = lines.find((one) => nameOf(one) === named);
    found.current = line && { name: named, index: line.index };
  }
  const place = found.current && found.current.index - first;
  return place !== undefined && lines[place]?.index === found.current?.index ? place : undefined;
}
