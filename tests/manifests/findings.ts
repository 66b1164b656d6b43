import { type Exception, exceptions, type Judge } from "./exceptions.ts";

/** What a judge has against an object. */
export interface Finding {
  readonly check: string;
  /** Kind and name: `Deployment/grafana`. */
  readonly object: string;
  readonly detail: string;
}

/** What is left of the findings of a judge, and which of its exceptions nothing was found for. */
export interface Judgement {
  readonly violations: readonly string[];
  readonly idle: readonly string[];
}

/** Lays the findings of a judge beside the exceptions from it. */
export function judged(judge: Judge, findings: readonly Finding[]): Judgement {
  const own = exceptions.filter((exception) => exception.judge === judge);
  const excuses = ({ checks, objects }: Exception, { check, object }: Finding) =>
    checks.includes(check) && (objects === "all" || objects.some((pattern) => fits(pattern, object)));
  const unexcused = findings.filter((finding) => !own.some((exception) => excuses(exception, finding)));
  const idle = own.flatMap((exception) =>
    (exception.objects === "all" ? ["*"] : exception.objects).flatMap((object) =>
      exception.checks
        .filter((check) => !findings.some((found) => found.check === check && fits(object, found.object)))
        .map((check) => `${check} ${object}`),
    ),
  );
  return { violations: unexcused.map(({ check, object, detail }) => `${check} ${object}: ${detail}`), idle };
}

/** A star stands for anything. */
function fits(pattern: string, object: string): boolean {
  const [before = "", ...after] = pattern.split("*");
  if (after.length === 0) return object === pattern;
  const rest = after.join("*");
  return object.startsWith(before) && object.endsWith(rest) && object.length >= before.length + rest.length;
}
