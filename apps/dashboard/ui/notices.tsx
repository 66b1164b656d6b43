import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { problemOf } from "../api/client.ts";
import { useMessages } from "../i18n/messages.tsx";

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
      {problem.errors && (
        <ul>
          {problem.errors.map(({ path, message }) => (
            <li key={path}>
              <code>{path}</code>: {message}
            </li>
          ))}
        </ul>
      )}
      {reset && (
        <button type="button" onClick={reset}>
          {errors.retry}
        </button>
      )}
    </div>
  );
}

export function NotFound() {
  const { errors } = useMessages();
  return (
    <EmptyState title={errors.notFound}>
      <p>{errors.notFoundFix}</p>
      <Link to="/servers" search={{}}>
        {errors.home}
      </Link>
    </EmptyState>
  );
}

/** Keeps the place of rows that are on their way. */
export function Skeleton({ rows }: { rows: number }) {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: rows }, (_, index) => `row-${index}`).map((key) => (
        <div key={key} />
      ))}
    </div>
  );
}
