import { problemOf } from "../api/client.ts";
import { ErrorNotice, NotFound, Skeleton } from "./notices.tsx";

interface PendingPageProps {
  readonly title: string;
  /** Why what the page shows cannot be had; without it, it is on its way. */
  readonly error: Error | null;
  readonly reset?: () => void;
}

/** A page of one thing, while that is not there: it has a title in any case. */
export function PendingPage({ title, error, reset }: PendingPageProps) {
  if (error && ["not_found", "invalid_request"].includes(problemOf(error).code)) return <NotFound />;
  return (
    <div className="page">
      <h1>{title}</h1>
      {error ? <ErrorNotice error={error} {...(reset && { reset })} /> : <Skeleton rows={8} />}
    </div>
  );
}
