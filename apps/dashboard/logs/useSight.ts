import { type RefObject, useLayoutEffect, useState } from "react";
import { flushSync } from "react-dom";

/** Of a line that is not wrapped, in pixels. */
export const LINE_HEIGHT = 20;
/** So many lines before and after those in sight exist as well. */
export const OVERSCAN = 8;

/** What a box shows of its content, in pixels. */
interface Sight {
  /** Where it begins; `Infinity` where it is kept at the end. */
  readonly top: number;
  readonly height: number;
}

/** A line that exists as an element: its place among those held, and where it begins, in pixels. */
interface Row {
  readonly index: number;
  readonly start: number;
}

/** Those of so many lines that exist where all are equally high: reckoned, with the same work for any number of them. */
export function rowsInSight(count: number, { top, height }: Sight): Row[] {
  const start = Math.max(0, Math.min(top, count * LINE_HEIGHT - height));
  const from = Math.max(0, Math.floor(start / LINE_HEIGHT) - OVERSCAN);
  const to = Math.min(count, Math.ceil((start + height) / LINE_HEIGHT) + OVERSCAN);
  return Array.from({ length: to - from }, (_, place) => ({
    index: from + place,
    start: (from + place) * LINE_HEIGHT,
  }));
}

/** How many lines exist at most where all are equally high: the element of one that left can take in the one so many after it. */
export function mostInSight({ height }: Sight): number {
  return Math.ceil(height / LINE_HEIGHT) + 1 + 2 * OVERSCAN;
}

/**
 * What a box shows, while it is scrolled and its size changes.
 * @param follow whether it is kept at the end: then scrolling changes nothing, and renders nothing
 */
export function useSight(box: RefObject<HTMLElement | null>, follow: boolean): Sight {
  const [top, setTop] = useState(Infinity);
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      setTop(follow ? Infinity : Math.floor(element.scrollTop / LINE_HEIGHT) * LINE_HEIGHT);
      setHeight(element.clientHeight);
    };
    look();
    // The frame that shows another part has the lines of it.
    const lookAtOnce = () => flushSync(look);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", lookAtOnce, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", lookAtOnce);
    };
  }, [box, follow]);
  return { top, height };
}
