const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** How long ago something was, in words: "3 minutes ago". */
export function ago(at: string, now: number, language: string): string {
  const seconds = Math.round((Date.parse(at) - now) / 1_000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? (["second", 1] as const);
  return formatOf(language).format(Math.trunc(seconds / size), unit);
}

/** The same of what has happened: where it is newer than the look at the clock, that is no future. */
export function since(at: string, now: number, language: string): string {
  return ago(at, Math.max(now, Date.parse(at)), language);
}

const formats = new Map<string, Intl.RelativeTimeFormat>();

/** One for each language: to make one takes longer than to use it for a whole table. */
function formatOf(language: string): Intl.RelativeTimeFormat {
  const known = formats.get(language) ?? new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  formats.set(language, known);
  return known;
}

/** A span of time as people write it: 0.4 s, 12 s, 3 min 5 s, 15 min, 2 h 10 min. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return inTwo(Math.floor(whole / 60), "min", whole % 60, "s");
  return inTwo(Math.floor(whole / 3_600), "h", Math.floor((whole % 3_600) / 60), "min");
}

function inTwo(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
}
