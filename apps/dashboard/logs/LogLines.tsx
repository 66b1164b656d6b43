import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from "react";
import { flushSync } from "react-dom";
import { useMessages } from "../i18n/messages.tsx";
import { LogRow } from "./LogRow.tsx";
import type { LogLine } from "./lineList.ts";
import type { LineName } from "./lineName.ts";
import { LINE_HEIGHT, mostInSight, OVERSCAN, rowsInSight, useSight } from "./useSight.ts";

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
  /** How many of them are shown: more are added to the same array meanwhile. */
  readonly count: number;
  readonly look: LogLook;
  readonly wanted: string;
  /** The place of the line that the address names. */
  readonly named: number | undefined;
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
  const sight = useSight(box, look.follow);
  const wrapped = useWrapped({ box, first: lines[0]?.index ?? 0, count, enabled: look.wrap });
  const height = look.wrap ? wrapped.getTotalSize() : count * LINE_HEIGHT;
  useEffect(() => {
    if (named === undefined || !box.current) return;
    box.current.scrollTo(0, named * LINE_HEIGHT - box.current.clientHeight / 2);
    wrapped.scrollToIndex(named, { align: "center" });
  }, [named, wrapped]);
  const most = mostInSight(sight);
  const lastTop = useRef(0);
  // In the frame that shows it, which lays it out anyway: rendering alone does not. And by the element itself: the
  // virtualizer would go on asking for the layout in each frame after.
  useLayoutEffect(() => {
    if (!look.follow) return;
    const frame = requestAnimationFrame(() => {
      if (!box.current) return;
      box.current.scrollTo(0, height - sight.height);
      lastTop.current = box.current.scrollTop;
    });
    return () => cancelAnimationFrame(frame);
  }, [height, sight.height, look.follow]);
  // Going up ends following, coming down to the end begins it again; the same frame shows the lines that are there.
  const watchEnd = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = box.current ?? {};
    const atEnd = scrollHeight - scrollTop - clientHeight < END_PX;
    const [goesUp, goesDown] = [scrollTop < lastTop.current, scrollTop > lastTop.current];
    lastTop.current = scrollTop;
    if (look.follow && !atEnd && goesUp) flushSync(() => onFollow(false));
    if (!look.follow && atEnd && goesDown) flushSync(() => onFollow(true));
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
        {(look.wrap ? wrapped.getVirtualItems() : rowsInSight(count, sight)).map(({ index, start }) => {
          const line = lines[index];
          return (
            line && (
              <LogRow
                key={look.wrap ? line.index : line.index % most}
                line={line}
                place={index}
                top={start}
                measure={look.wrap ? wrapped.measureElement : undefined}
                times={look.times}
                named={index === named}
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

interface Wrapped {
  readonly box: RefObject<HTMLElement | null>;
  /** `index` of the first line. */
  readonly first: number;
  readonly count: number;
  readonly enabled: boolean;
}

/** Finds the lines in sight where each may have another height, which is measured; it does nothing where they have not. */
function useWrapped({ box, first, count, enabled }: Wrapped) {
  // With another function, the place of every line would be reckoned anew.
  const keyOf = useCallback((place: number) => first + place, [first]);
  return useVirtualizer({
    count,
    enabled,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_HEIGHT,
    getItemKey: keyOf,
    overscan: OVERSCAN,
  });
}
