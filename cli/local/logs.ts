import { setTimeout } from "node:timers/promises";
import { UserError } from "@homeslice/config/errors.ts";
import { checkLayout, locateHome } from "./home.ts";
import { type LogName, logNames, logPath, olderLogPath } from "./logFiles.ts";
import { LogTail } from "./logTail.ts";

const POLL_INTERVAL_MS = 200;

/** A line of a log, and the time it tells; one that tells none belongs to the line before it. */
interface LogLine {
  readonly name: LogName;
  readonly text: string;
  readonly time: number;
}

/** `logs`: prints the log of one component as it is, or of all of them in the order of time, each line with its name. */
export async function logs(
  component: string | undefined,
  { follow = false }: { readonly follow?: boolean },
): Promise<void> {
  const home = locateHome();
  checkLayout(home);
  endQuietlyWithReader();
  const names = component === undefined ? logNames : [parseName(component)];
  const print = component === undefined ? printWithName : printPlain;
  const tails = names.map((name) => ({ name, tail: new LogTail(logPath(home, name)) }));
  const before = names.flatMap((name) => linesOf(name, new LogTail(olderLogPath(home, name)).read()));
  const present = tails.flatMap(({ name, tail }) => linesOf(name, tail.read()));
  const all = byTime([...before, ...present]);
  if (all.length === 0) process.stderr.write("homeslice: nothing was logged yet\n");
  for (const line of all) print(line);
  while (follow) {
    await setTimeout(POLL_INTERVAL_MS);
    for (const line of byTime(tails.flatMap(({ name, tail }) => linesOf(name, tail.read())))) print(line);
  }
}

function parseName(text: string): LogName {
  const name = logNames.find((candidate) => candidate === text);
  if (name) return name;
  throw new UserError({
    code: "option.invalid",
    what: `there is no component ${JSON.stringify(text)}`,
    fix: `Choose one of ${logNames.join(", ")}, or none for all of them.`,
  });
}

function linesOf(name: LogName, texts: readonly string[]): LogLine[] {
  let time = 0;
  return texts.map((text) => {
    time = timeOf(text) ?? time;
    return { name, text, time };
  });
}

/** Milliseconds since the epoch, as a JSON log line or a line of PostgreSQL tells. */
function timeOf(line: string): number | undefined {
  const [, json, postgres] = /^\{.*?"time":"?([^",}]+)|^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) UTC/.exec(line) ?? [];
  const time = postgres ? Date.parse(`${postgres.replace(" ", "T")}Z`) : Number(json) || Date.parse(json ?? "");
  return Number.isNaN(time) ? undefined : time;
}

function byTime(lines: readonly LogLine[]): LogLine[] {
  return lines.toSorted((left, right) => left.time - right.time);
}

function printPlain({ text }: LogLine): void {
  process.stdout.write(`${text}\n`);
}

const WIDTH = Math.max(...logNames.map((name) => name.length));

function printWithName({ name, text }: LogLine): void {
  process.stdout.write(`${name.padEnd(WIDTH)} | ${text}\n`);
}

/** `logs | head`: when the reader has seen enough, so have we. */
function endQuietlyWithReader(): void {
  process.stdout.on("error", () => process.exit(0));
}
