import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useRef } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { LogRow } from "./LogRow.tsx";
import type { LogLine } from "./lineList.ts";
import { type LineName, nameOf } from "./lineName.ts";

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
  /** The address that names a line, and what goes there; the same functions as long as they do the same. */
  readonly address: (name: LineName) => string;
  readonly onName: (name: LineName) => void;
  /** What the server of a line is called, where that is of interest. */
  readonly server: ((serverId: string) => string) | undefined;
}

/** Lines of output: only those in sight exist as elements, whatever the number of those held. */
export function LogLines(props: LogLinesProps) {
  const { lines, count, look, wanted, named, onFollow, address, onName, server } = props;
  const { executions: texts } = useMessages();
  const box = useRef<HTMLDivElement>(null);
  const first = lines[0]?.index ?? 0;
  // With another function, the place of every line would be reckoned anew.
  const keyOf = useCallback((place: number) => first + place, [first]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_HEIGHT,
    getItemKey: keyOf,
    overscan: 8,
  });
  const namedAt = useNamed(lines, count, named);
  useEffect(() => {
    if (namedAt !== undefined) virtual.scrollToIndex(namedAt, { align: "center" });
  }, [namedAt, virtual]);
  const height = virtual.getTotalSize();
  // Before it is painted, and by the element itself: the virtualizer would go on asking for the layout in each frame after.
  useLayoutEffect(() => {
    if (look.follow) box.current?.scrollTo(0, height);
  }, [height, look.follow]);
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
      <div className="log-canvas" style={{ height }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const line = lines[index];
          return (
            line && (
              <LogRow
                key={key}
                line={line}
                place={index}
                top={start}
                measure={look.wrap ? virtual.measureElement : undefined}
                times={look.times}
                named={index === namedAt}
                wanted={wanted}
                server={server?.(line.serverId)}
                address={address}
                onName={onName}
              />
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
