import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";

/** One property that differs between what is and what shall be. */
export interface PropertyChange {
  /** For example `spec.template.spec.containers[0].image`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

const SECRET = "[secret]";
const LONGEST_VALUE = 80;

/** The inputs that differ; the engine tells alone of those that it keeps secret, and of what it found in the cluster. */
export function propertyChanges(step: StepEventMetadata): PropertyChange[] {
  const found = compare("", step.old?.inputs ?? {}, step.new?.inputs ?? {});
  const told = Object.keys(step.detailedDiff ?? {}).filter((path) => !path.startsWith("__"));
  const fromOutputs = compare("", step.old?.outputs ?? {}, step.new?.outputs ?? {});
  const further = told
    .filter((path) => !found.some((change) => covers(change.path, path)))
    .map((path) => fromOutputs.find((change) => covers(change.path, path)) ?? { path, before: SECRET, after: SECRET });
  return [...found, ...further];
}

/** A property's change in words: one line, long values cut; of texts with several lines those that differ. */
export function wording({ path, before, after }: PropertyChange): string {
  if (isText(before) && isText(after)) return [`${path}:`, ...changedLines(before, after)].join("\n");
  if (before === undefined) return `${path}: + ${text(after)}`;
  if (after === undefined) return `${path}: - ${text(before)}`;
  return `${path}: ${text(before)} → ${text(after)}`;
}

const isText = (value: unknown): value is string => typeof value === "string" && value.includes("\n");

function changedLines(before: string, after: string): string[] {
  const [old, young] = [before.split("\n"), after.split("\n")];
  const gone = old.filter((line) => !young.includes(line)).map((line) => `  - ${line}`);
  const come = young.filter((line) => !old.includes(line)).map((line) => `  + ${line}`);
  return [...gone, ...come];
}

const covers = (one: string, other: string) =>
  one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);

function compare(path: string, old: unknown, young: unknown): PropertyChange[] {
  const [before, after] = [masked(old), masked(young)];
  if (Object.is(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const longer = before.length > after.length ? before : after;
    return longer.flatMap((_, index) => compare(`${path}[${index}]`, before[index], after[index]));
  }
  if (isGroup(before) && isGroup(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !key.startsWith("__"));
    return keys.flatMap((key) => compare(join(path, key), before[key], after[key]));
  }
  return [{ path, before, after }];
}

/** A secret is an object with this key in the engine's notation. */
const SECRET_KEY = "4dabf18193072939515e22adb298388d";

function masked(value: unknown): unknown {
  return isGroup(value) && SECRET_KEY in value ? SECRET : value;
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Keys with dots or slashes, as annotations have them, are quoted. */
function join(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}["${key}"]`;
  return path ? `${path}.${key}` : key;
}

function text(value: unknown): string {
  const written = JSON.stringify(value, (_, part: unknown) => masked(part)) ?? "nothing";
  return written.length > LONGEST_VALUE ? `${written.slice(0, LONGEST_VALUE)}…` : written;
}
