import { readFileSync } from "node:fs";
import { UserError } from "@homeslice/config/errors.ts";
import { z } from "zod";
import { isRunning } from "../process/end.ts";
import { replaceFile } from "../process/replaceFile.ts";
import type { LocalHome } from "./home.ts";

/** What local mode runs, in the order that it is started. */
export const componentNames = ["postgresql", "orchestrator", "agent"] as const;
export type ComponentName = (typeof componentNames)[number];

/** `orphaned`: it runs, but its supervisor is gone; the next `up` or `down` ends it. */
const ComponentState = z.enum(["stopped", "starting", "running", "restarting", "stopping", "orphaned"]);
export type ComponentState = z.infer<typeof ComponentState>;

const Process = z.object({
  pid: z.int(),
  /** Tells this process from a later one that was given the same id. */
  start: z.string().optional(),
});
export type Process = z.infer<typeof Process>;

const ComponentRecord = z.object({
  name: z.enum(componentNames),
  state: ComponentState,
  process: Process.nullable(),
  /** When it came into this state. */
  since: z.iso.datetime().nullable(),
});
export type ComponentRecord = z.infer<typeof ComponentRecord>;

export const SupervisorRecord = z.object({
  ready: z.boolean(),
  url: z.string(),
  home: z.string(),
  since: z.iso.datetime(),
  versions: z.record(z.string(), z.string()),
  supervisor: Process,
  components: z.array(ComponentRecord),
});
/** What the supervisor records of itself and its components at every change. */
export type SupervisorRecord = z.infer<typeof SupervisorRecord>;

/** Replaces the record as a whole, so that a reader never sees half of one. */
export function writeRecord(home: LocalHome, record: SupervisorRecord): void {
  replaceFile(home.state, `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

/** The last record, true or not any more; undefined when there is none. */
export function readRecord(home: LocalHome): SupervisorRecord | undefined {
  try {
    return SupervisorRecord.parse(JSON.parse(readFileSync(home.state, "utf8")));
  } catch {
    return undefined; // never started, or a record that a crash of the machine left empty
  }
}

export function isProcessRunning({ pid, start }: Process): boolean {
  return isRunning(pid, start);
}

/** Whether the one who wrote the record still looks after it. */
export function isSupervised(record: SupervisorRecord | undefined): record is SupervisorRecord {
  return record !== undefined && isProcessRunning(record.supervisor);
}

/** What `status` tells. */
export interface Status {
  readonly ready: boolean;
  readonly url: string | null;
  readonly home: string;
  readonly components: readonly {
    readonly name: ComponentName;
    readonly state: ComponentState;
    readonly pid: number | null;
    readonly since: string | null;
  }[];
}

/** What runs now: the last record, corrected by which of its processes still live. */
export function readStatus(home: LocalHome): Status {
  const record = readRecord(home);
  const supervised = isSupervised(record);
  const components = componentNames.map((name) => {
    const component = record?.components.find((candidate) => candidate.name === name);
    const process = component?.process ?? undefined;
    const pid = process && isProcessRunning(process) ? process.pid : null;
    if (component && supervised) return { name, state: component.state, pid, since: component.since };
    return { name, state: pid === null ? ("stopped" as const) : ("orphaned" as const), pid, since: null };
  });
  return {
    ready: supervised && record.ready && components.every(({ pid }) => pid !== null),
    url: supervised ? record.url : null,
    home: home.root,
    components,
  };
}

/** What is said of a command that needs Homeslice to run. */
export function notRunning(home: LocalHome): UserError {
  return new UserError({
    code: "local.stopped",
    what: "Homeslice is not running",
    where: home.root,
    fix: "Start it first: ./homeslice up",
  });
}
