import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { problemOf } from "../api/client.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "./Button.tsx";
import { FaultList } from "./FaultList.tsx";

/** Says that there is nothing, and what to do next. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="notice">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** Says what went wrong and what mends it, in the words of the API. */
export function ErrorNotice({ error, reset }: { error: unknown; reset?: () => void }) {
  const { errors } = useMessages();
  const problem = problemOf(error);
  const unreachable = problem.code === "unreachable";
  return (
    <div className="notice notice-error" role="alert">
      <h2>{unreachable ? errors.unreachable : errors.title}</h2>
      <p>{unreachable ? errors.unreachableFix : problem.detail}</p>
      {problem.fix !== undefined && <p>{problem.fix}</p>}
      {problem.errors && <FaultList faults={problem.errors} />}
      {reset && <Button onClick={reset}>{errors.retry}</Button>}
    </div>
  );
}

export function NotFound() {
  const { errors } = useMessages();
  return (
    <div className="page">
      <h1>{errors.notFound}</h1>
      <p>{errors.notFoundFix}</p>
      <p>
        <Link to="/servers" search={{}}>
          {errors.home}
        </Link>
      </p>
    </div>
  );
}

/** Keeps the place of rows that are on their way. */
export function Skeleton({ rows }: { rows: number }) {
  const { ui } = useMessages();
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">{ui.loading}</span>
      {Array.from({ length: rows }, (_, index) => `row-${index}`).map((key) => (
        <div key={key} />
      ))}
    </div>
  );
}
