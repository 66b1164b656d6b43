import { stripVTControlCharacters, styleText } from "node:util";
import type { DiagnosticEvent, EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { duration } from "../../process/duration.ts";
import type { Loss } from "../dataLoss.ts";
import type { TimedStep } from "./criticalPath.ts";
import { dataHeldBy } from "./data.ts";
import { propertyChanges, wording } from "./diff.ts";
import { type Change, type Changes, changeOf, countChanges, isReal, label } from "./steps.ts";

const MARKS: Readonly<Record<Change, string>> = { create: "+", update: "~", replace: "±", delete: "-" };
const DONE: Readonly<Record<Change, string>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
};
/** What a refresh finds in the cluster is no deed of the run. */
const FOUND: Readonly<Record<Change, string>> = { ...DONE, update: "differs", delete: "is gone" };
const COLOURS = { create: "green", update: "yellow", replace: "magenta", delete: "red" } as const;

/** A step this old is named at each interval, so that a long wait has a visible reason. */
const SLOW_STEP_MS = 10_000;

/** A resource that a refresh found otherwise than the last run left it. */
export interface Difference {
  readonly resource: string;
  readonly change: "differs" | "gone";
  /** Paths of what differs. */
  readonly properties: readonly string[];
}

/** Where a run shows what it does, and the time it goes by. */
export interface ProgressOptions {
  /** Receives one line at a time. */
  readonly say: (line: string) => void;
  /** Collects the error messages. */
  readonly diagnostics: string[];
  /** Whether the run looks at what there is, and its steps are what it finds, not what it does. Default: false. */
  readonly finding?: boolean;
  readonly now?: () => number;
}

/** Turns the events of the engine into lines for people, and remembers what the report at the end needs. */
export class Progress {
  changes: Changes | undefined;
  /** What a planned run takes with it that nothing can make again. */
  readonly losses: Loss[] = [];
  /** What a refresh found. */
  readonly differences: Difference[] = [];
  /** What has changed something, by URN. */
  readonly steps = new Map<string, TimedStep>();
  readonly #diagnostics: string[];
  readonly #say: (line: string) => void;
  readonly #finding: boolean;
  readonly #now: () => number;
  readonly #open = new Map<string, { readonly label: string; readonly since: number }>();
  readonly #ticker: NodeJS.Timeout;

  constructor({ say, diagnostics, finding = false, now = Date.now }: ProgressOptions) {
    this.#say = say;
    this.#diagnostics = diagnostics;
    this.#finding = finding;
    this.#now = now;
    this.#ticker = setInterval(() => this.tick(), SLOW_STEP_MS).unref();
  }

  readonly onEvent = (event: EngineEvent): void => {
    if (event.resourcePreEvent) this.#begins(event.resourcePreEvent.metadata, event.resourcePreEvent.planning === true);
    const { resOutputsEvent: ended } = event;
    // What is found is so, also when it is not to be written down.
    if (ended && (!ended.planning || this.#finding)) this.#ends(ended.metadata);
    if (event.resOpFailedEvent) this.#fails(event.resOpFailedEvent.metadata);
    if (event.diagnosticEvent) this.#diagnoses(event.diagnosticEvent);
    if (event.summaryEvent) this.changes = countChanges(event.summaryEvent.resourceChanges);
  };

  /** Names the steps that have been under way for long. */
  tick(): void {
    const slow = [...this.#open.values()].filter(({ since }) => this.#now() - since >= SLOW_STEP_MS);
    const names = slow.map(({ label: name, since }) => `${name} (${duration(this.#now() - since)})`);
    if (names.length > 0) this.#say(`  … waiting for ${names.join(", ")}`);
  }

  stop(): void {
    clearInterval(this.#ticker);
  }

  #begins(step: StepEventMetadata, planning: boolean): void {
    const change = changeOf(step.op);
    if (!change || !isReal(step)) return;
    const held = dataHeldBy(step.type, step.old?.inputs);
    if (held && (change === "replace" || (change === "delete" && planning))) this.#shout(step, change, held);
    if (!planning) this.#open.set(step.urn, { label: label(step.urn, step.type), since: this.#now() });
    else this.#plan(step, change);
  }

  #plan(step: StepEventMetadata, change: Change): void {
    this.#say(`  ${mark(change)} ${change.padEnd(8)} ${label(step.urn, step.type)}`);
    if (change === "update" || change === "replace") {
      this.#properties(step);
    }
  }

  #shout(step: StepEventMetadata, change: Change, held: string): void {
    const name = label(step.urn, step.type);
    this.losses.push(`${name}: ${held}`);
    this.#say(
      styleText(["red", "bold"], `  !! ${change.toUpperCase()} OF ${name}: this deletes ${held}`, {
        stream: process.stderr,
      }),
    );
  }

  #ends(step: StepEventMetadata): void {
    const begun = this.#open.get(step.urn);
    const change = changeOf(step.op);
    this.#open.delete(step.urn);
    if (!change || !isReal(step)) return;
    const milliseconds = begun && this.#now() - begun.since;
    if (milliseconds !== undefined) this.steps.set(step.urn, { resource: label(step.urn, step.type), milliseconds });
    const took = milliseconds === undefined ? "" : ` (${duration(milliseconds)})`;
    const done = this.#finding ? FOUND[change] : DONE[change];
    this.#say(`  ${mark(change)} ${done.padEnd(8)} ${label(step.urn, step.type)}${took}`);
    if (this.#finding) this.#finds(step, change);
    if (this.#finding || change === "update") {
      this.#properties(step);
    }
  }

  #finds(step: StepEventMetadata, change: Change): void {
    const properties = change === "delete" ? [] : propertyChanges(step).map(({ path }) => path);
    const resource = label(step.urn, step.type);
    this.differences.push({ resource, change: change === "delete" ? "gone" : "differs", properties });
  }

  #properties(step: StepEventMetadata): void {
    for (const change of propertyChanges(step)) this.#say(`      ${wording(change).replaceAll("\n", "\n      ")}`);
  }

  #fails(step: StepEventMetadata): void {
    this.#open.delete(step.urn);
    this.#say(styleText("red", `  x failed   ${label(step.urn, step.type)}`, { stream: process.stderr }));
  }

  #diagnoses({ severity, message, urn, ephemeral }: DiagnosticEvent): void {
    const text = plain(message).trim();
    if (ephemeral || !text) return;
    const where =
      urn && !urn.includes("::pulumi:pulumi:Stack::") ? `${label(urn, urn.split("::").at(-2) ?? "")}: ` : "";
    if (severity === "error") this.#diagnostics.push(`${where}${text}`);
    else if (severity === "warning") this.#say(`  warning: ${where}${text}`);
  }
}

function mark(change: Change): string {
  return styleText(COLOURS[change], MARKS[change], { stream: process.stderr });
}

/** The engine marks colours in its own notation, and providers in that of terminals. */
function plain(message: string): string {
  return stripVTControlCharacters(message.replace(/<\{%[^%]*%\}>/g, ""));
}
