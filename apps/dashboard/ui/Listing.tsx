import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { type Column, DataTable } from "./DataTable.tsx";
import { ErrorNotice, Skeleton } from "./notices.tsx";

export interface ListingProps<Row> {
  readonly caption: string;
  readonly list: UseInfiniteQueryResult<InfiniteData<{ readonly items: readonly Row[] }>>;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  /** What is shown in place of a list without anything in it: what to do next. */
  readonly empty: ReactNode;
  /** About how many rows there will be: so high is what stands there before, and what is below moves the less. */
  readonly expected?: number;
}

/** A list that is read page by page: on its way, out of reach, empty, or there. */
export function Listing<Row>({ caption, list, columns, rowKey, empty, expected = 6 }: ListingProps<Row>) {
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = list;
  const rows = data?.pages.flatMap(({ items }) => items);
  return (
    <>
      {isPending && <Skeleton rows={expected} />}
      {error && <ErrorNotice error={error} reset={() => void refetch()} />}
      {rows?.length === 0 && empty}
      {rows !== undefined && rows.length > 0 && (
        <DataTable
          caption={caption}
          columns={columns}
          rows={rows}
          rowKey={rowKey}
          more={hasNextPage ? { fetch: () => void fetchNextPage(), busy: isFetchingNextPage } : undefined}
        />
      )}
    </>
  );
}
