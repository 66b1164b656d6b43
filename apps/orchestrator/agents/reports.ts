import type { FinalState, Finish } from "@homeslice/protocol";
import { Batcher } from "../batcher.ts";
import type { Context } from "../context.ts";
import { isDataError, transact } from "../database/database.ts";
import type { Advance } from "../executions/attempt.ts";
import { endAttempts } from "../executions/endings.ts";
import { type Finished, judge } from "../executions/judgement.ts";
import {
  beginExecutions,
  findPolicies,
  insertSuperseded,
  lockTargets,
  type Progress,
  progressTargets,
  type TargetRow,
} from "../executions/targets.ts";
import { appendLines, type NewLine } from "../logs/repository.ts";
import { type Folded, fold, type Report, type Verdict } from "./fold.ts";

/** Reports written in one transaction, at most. */
const BATCH = 2_000;

/** A report, and of which target it is. */
export interface TargetReport {
  readonly server_id: string;
  readonly execution_id: string;
  readonly report: Report;
}

/** What an agent sent contradicts what is stored: the link is closed, and both sides agree anew. */
export class LinkOutOfStep extends Error {
  override readonly name = "LinkOutOfStep";
}

interface Concluded {
  readonly target: TargetRow | undefined;
  readonly execution_id: string;
  readonly server_id: string;
  readonly folded: Folded;
}

/** Takes in what agents report of their attempts, many in one transaction; all of it is durable when it is answered. */
export class Reports {
  readonly #context: Context;
  readonly #batcher: Batcher<TargetReport, Verdict>;

  constructor(context: Context) {
    this.#context = context;
    this.#batcher = new Batcher((reports) => this.#writeApart(reports), BATCH);
  }

  /** @throws LinkOutOfStep when the report does not follow on what is stored */
  async take(report: TargetReport): Promise<Verdict> {
    const verdict = await this.#batcher.submit(report);
    if (verdict.type === "out_of_step") throw new LinkOutOfStep(verdict.error);
    return verdict;
  }

  /** What the database cannot take from one agent must not keep the others from being heard. */
  async #writeApart(reports: readonly TargetReport[]): Promise<readonly Verdict[]> {
    try {
      return await this.#write(reports);
    } catch (error) {
      const byServer = Map.groupBy(reports, ({ server_id }) => server_id);
      if (!isDataError(error) || byServer.size === 1) throw error;
      const verdicts = new Map<TargetReport, Verdict>();
      for (const group of byServer.values()) {
        const answers = await this.#write(group).catch((): Verdict[] => []);
        for (const [index, report] of group.entries()) {
          verdicts.set(report, answers[index] ?? { type: "out_of_step", error: "the report cannot be stored" });
        }
      }
      return reports.map((report) => verdicts.get(report) ?? { type: "noted" });
    }
  }

  async #write(reports: readonly TargetReport[]): Promise<readonly Verdict[]> {
    const groups = [...Map.groupBy(reports, ({ execution_id, server_id }) => `${execution_id} ${server_id}`).values()];
    const keys = groups.flatMap(([first]) => (first === undefined ? [] : [first]));
    const { concluded, states } = await transact(this.#context.database, async (transaction) => {
      const rows = await lockTargets(transaction, keys);
      const byKey = new Map(rows.map((row) => [`${row.execution_id} ${row.server_id}`, row]));
      const found = groups.map((group, index): Concluded => {
        const { execution_id = "", server_id = "" } = keys[index] ?? {};
        const target = byKey.get(`${execution_id} ${server_id}`);
        return {
          target,
          execution_id,
          server_id,
          folded: fold(
            target,
            group.map(({ report }) => report),
          ),
        };
      });
      await progressTargets(transaction, found.flatMap(progressOf));
      await beginExecutions(transaction, begunIn(found));
      await appendLines(transaction, found.flatMap(linesOf));
      await insertSuperseded(transaction, found.flatMap(supersededOf));
      const finished = found.flatMap(finishOf);
      const policies = await findPolicies(transaction, finished);
      const endings = await judge(transaction, finished, policies);
      await endAttempts(transaction, endings);
      return { concluded: found, states: endings.map(({ state }) => state) };
    });
    this.#tell(concluded, states);
    const verdicts = new Map(
      groups.flatMap((group, index) =>
        group.map((report, place) => [report, concluded[index]?.folded.verdicts[place]] as const),
      ),
    );
    return reports.map((report) => verdicts.get(report) ?? { type: "noted" });
  }

  /** After the commit: metrics and hints. */
  #tell(concluded: readonly Concluded[], states: readonly FinalState[]): void {
    const { metrics, bus, now } = this.#context;
    for (const { target, execution_id, folded } of concluded) {
      const { to, lines, finish, superseded } = folded;
      metrics.superseded.inc(superseded.length);
      metrics.logLines.inc(lines.length);
      const [oldest] = lines;
      if (oldest) metrics.logLag.observe(Math.max(0, now().getTime() - Date.parse(oldest.at)) / 1_000);
      if (to === "running" && target?.dispatched_at) {
        metrics.dispatchSeconds.observe((now().getTime() - target.dispatched_at.getTime()) / 1_000);
      }
      if (finish?.duration_seconds != null) metrics.runSeconds.observe(finish.duration_seconds);
      if (to !== undefined || lines.length > 0 || finish !== undefined)
        bus.publish({ kind: "execution", execution_id });
    }
    for (const state of states) metrics.finished.inc({ state });
    if (states.length > 0) bus.publish({ kind: "work" });
  }
}

function advanceOf({ to, lines }: Folded): Advance {
  const bytes = lines.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  return { to: to ?? null, lines: lines.length, bytes };
}

/** What is written of an attempt that goes on: one that has ended is written once, with its end. */
function progressOf({ target, folded }: Concluded): Progress[] {
  const { to, lines, finish } = folded;
  if (target === undefined || finish !== undefined || (to === undefined && lines.length === 0)) return [];
  const { execution_id, server_id, fence } = target;
  return [{ execution_id, server_id, fence, ...advanceOf(folded) }];
}

function begunIn(concluded: readonly Concluded[]): string[] {
  const begun = concluded.filter(({ target, folded }) => target !== undefined && folded.to !== undefined);
  return [...new Set(begun.map(({ execution_id }) => execution_id))];
}

function linesOf({ target, folded }: Concluded): NewLine[] {
  if (target === undefined) return [];
  const { tenant_id, execution_id, server_id } = target;
  return folded.lines.map((line) => ({ tenant_id, execution_id, server_id, ...line }));
}

function supersededOf({ server_id, folded }: Concluded): (Finish & { server_id: string })[] {
  return folded.superseded.map((finish) => ({ ...finish, server_id }));
}

function finishOf({ target, folded }: Concluded): Finished[] {
  const { finish } = folded;
  return target === undefined || finish === undefined ? [] : [{ target, finish, advance: advanceOf(folded) }];
}
