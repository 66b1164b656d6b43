/** Ticks of the clock that are looked at: a look may be interrupted, and then comes late. */
const TICKS = 20;

/**
 * Makes a clock that tells milliseconds since the epoch, with their fractions, as other programs do. What
 * `performance.timeOrigin` says was seen to be 4 ms off: when a process starts, it may be interrupted between its two clocks.
 */
export function wallClock(): () => number {
  let offset = Number.NEGATIVE_INFINITY;
  let last = Date.now();
  for (let ticks = 0; ticks < TICKS; ) {
    const now = Date.now();
    if (now === last) continue;
    offset = Math.max(offset, now - performance.now());
    last = now;
    ticks++;
  }
  return () => offset + performance.now();
}
