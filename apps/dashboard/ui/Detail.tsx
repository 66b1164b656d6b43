import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { problemOf } from "../api/client.ts";
import { ErrorNotice, NotFound, Skeleton } from "./notices.tsx";

interface DetailProps<Item> {
  /** What the page is called until it is known what it shows. */
  readonly title: string;
  readonly query: UseQueryResult<Item>;
  readonly children: (item: Item) => ReactNode;
}

/** The page of one thing: on its way, out of reach, not there, or shown. */
export function Detail<Item>({ title, query, children }: DetailProps<Item>) {
  const { data, error, refetch } = query;
  if (data !== undefined) return children(data);
  // An address that cannot be one is answered as invalid; to whoever follows it, there is nothing either.
  const isMissing = error !== null && ["not_found", "invalid_request"].includes(problemOf(error).code);
  return (
    <section className="page">
      <h1>{title}</h1>
      {error === null && <Skeleton rows={8} />}
      {isMissing && <NotFound />}
      {error !== null && !isMissing && <ErrorNotice error={error} reset={() => void refetch()} />}
    </section>
  );
}
