import { useVirtualizer } from "@tanstack/react-virtual";
import {
  createElement,
  Fragment,
  type ReactNode,
  useDeferredValue,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from "react";
import { useMessages } from "../i18n/messages.tsx";
import { plainText, type Span, type Style, styleLine } from "./ansi.ts";
import type { LogBuffer, LogLine } from "./logBuffer.ts";

const LINE_HEIGHT = 20;
/** How near to its end the view counts as being at its end. */
const END_PX = 2 * LINE_HEIGHT;

interface LogViewProps {
  readonly log: LogBuffer;
  readonly lines: readonly LogLine[];
  /** Whether nothing more will come. */
  readonly ended: boolean;
}

/** Output of commands: only the lines in sight exist as elements, whatever the number of those held. */
export function LogView({ log, lines, ended }: LogViewProps) {
  const { executions: texts } = useMessages();
  const [wanted, setWanted] = useState("");
  const [wrap, setWrap] = useState(false);
  const search = useDeferredValue(wanted.toLowerCase());
  const shown = useMemo(
    () => (search === "" ? lines : lines.filter(({ text }) => plainText(text).toLowerCase().includes(search))),
    [lines, search],
  );
  const id = useId();
  return (
    <section className="log" aria-label={texts.output}>
      <div className="log-tools">
        <input
          type="search"
          aria-label={texts.search}
          placeholder={texts.search}
          value={wanted}
          onChange={({ target }) => setWanted(target.value)}
        />
        <span role="status">{search !== "" && texts.matches(shown.length)}</span>
        <label htmlFor={`${id}wrap`}>
          <input id={`${id}wrap`} type="checkbox" checked={wrap} onChange={() => setWrap(!wrap)} /> {texts.wrap}
        </label>
      </div>
      {log.dropped > 0 && <p className="log-note">{texts.dropped(log.dropped)}</p>}
      {lines.length === 0 && <p className="log-note">{ended ? texts.noOutputEver : texts.noOutput}</p>}
      <LogLines lines={shown} wrap={wrap} />
    </section>
  );
}

function LogLines({ lines, wrap }: { lines: readonly LogLine[]; wrap: boolean }) {
  const { executions: texts } = useMessages();
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_HEIGHT,
    getItemKey: (index) => lines[index]?.index ?? index,
    overscan: 20,
  });
  const count = lines.length;
  useEffect(() => {
    if (atEnd.current && count > 0) virtual.scrollToIndex(count - 1, { align: "end" });
  }, [count, virtual]);
  const watchEnd = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = box.current ?? {};
    atEnd.current = scrollHeight - scrollTop - clientHeight < END_PX;
  };
  return (
    <div
      className="log-lines"
      data-wrap={wrap}
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
                ref={virtual.measureElement}
                data-index={index}
                data-stream={line.stream}
                className="log-line"
                style={{ transform: `translateY(${start}px)` }}
              >
                <StyledText spans={styleLine(line.text).spans} />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

/** The pieces of a line never move, so they need no keys: they are given as separate children. */
function StyledText({ spans }: { spans: readonly Span[] }) {
  return createElement(Fragment, null, ...spans.map(element));
}

function element({ text, style }: Span): ReactNode {
  if (Object.keys(style).length === 0) return text;
  return createElement("span", { className: classesOf(style), style: ownColours(style) }, text);
}

function classesOf({ color, background, ...rest }: Style): string {
  return [
    ...Object.keys(rest).map((name) => `ansi-${name}`),
    ...(typeof color === "number" ? [`ansi-fg-${color}`] : []),
    ...(typeof background === "number" ? [`ansi-bg-${background}`] : []),
  ].join(" ");
}

function ownColours({ color, background }: Style) {
  return {
    ...(typeof color === "string" ? { color } : {}),
    ...(typeof background === "string" ? { backgroundColor: background } : {}),
  };
}
