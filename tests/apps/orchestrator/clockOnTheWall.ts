// What a clock on the wall shows, minute by minute: slow, and obvious. It shares nothing with what it checks.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clock shows, in milliseconds as if it were in UTC. */
function wallAt(zone: string, moment: number): number {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium", hourCycle: "h23" });
  formats.set(zone, format);
  return Date.parse(`${format.format(moment).replace(" ", "T")}Z`);
}

const offsetAt = (zone: string, moment: number) => wallAt(zone, moment) - moment;

/** The moments at which the clock of a zone is put forward or back. */
export function clockChanges(zone: string, from: number, until: number): number[] {
  const changes: number[] = [];
  for (let day = from; day < until; day += DAY) {
    if (offsetAt(zone, day) !== offsetAt(zone, day + DAY)) changes.push(changeIn(zone, day, day + DAY));
  }
  return changes;
}

function changeIn(zone: string, before: number, after: number): number {
  let [low, high] = [before, after];
  while (high - low > MINUTE) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
    if (offsetAt(zone, middle) === offsetAt(zone, before)) low = middle;
    else high = middle;
  }
  return high;
}

/** One zone for each way in which clocks are changed. */
export function zonesThatDiffer(from: number, until: number): string[] {
  const zones = new Map<string, string>();
  for (const zone of Intl.supportedValuesOf("timeZone")) {
    let days = "";
    for (let day = from; day < until; day += 7 * DAY) days += `${offsetAt(zone, day)} `;
    if (!zones.has(days)) zones.set(days, zone);
  }
  return [...zones.values()];
}

/** What a clock showed for a while. */
export class WallClock {
  readonly #from: number;
  readonly #walls: number[] = [];

  /** @param from the first moment that is asked for; it begins earlier, to know what the clock showed before */
  constructor(zone: string, from: number, to: number) {
    this.#from = from;
    for (let moment = from - 3 * HOUR; moment <= to + MINUTE; moment += MINUTE) this.#walls.push(wallAt(zone, moment));
  }

  /** The moments, `from` excluded, at which a cron expression is due. */
  momentsOf(expression: string): number[] {
    const everyHour = expression.split(" ")[1] === "*";
    const seen = new Set<number>();
    const due = new Set<number>();
    for (const [index, wall] of this.#walls.slice(0, -1).entries()) {
      const moment = this.#from - 3 * HOUR + index * MINUTE;
      if (matches(expression, wall) && (everyHour || !seen.has(wall))) due.add(moment);
      seen.add(wall);
      const next = this.#walls[index + 1] ?? wall;
      for (let skipped = wall + MINUTE; skipped < next; skipped += MINUTE) {
        if (matches(expression, skipped)) due.add(moment + skipped - wall);
      }
    }
    const to = this.#from + (this.#walls.length - 2) * MINUTE - 3 * HOUR;
    return [...due].filter((moment) => moment > this.#from && moment <= to).sort((a, b) => a - b);
  }
}

function matches(expression: string, wall: number): boolean {
  const [minute = "", hour = "", , , weekday = ""] = expression.split(" ");
  const date = new Date(wall);
  return fits(minute, date.getUTCMinutes()) && fits(hour, date.getUTCHours()) && fits(weekday, date.getUTCDay());
}

function fits(field: string, value: number): boolean {
  return field.split(",").some((part) => {
    const [range = "", step = "1"] = part.split("/");
    const [first = "0", last = first] = range === "*" ? ["0", "99"] : range.split("-");
    return value >= Number(first) && value <= Number(last) && (value - Number(first)) % Number(step) === 0;
  });
}
