import { infiniteQueryOptions, type QueryKey } from "@tanstack/react-query";

const REFRESH_MS = 5_000;

/** One page of a list, and where the next one starts. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

/** A list that is read page by page, and anew every few seconds. */
export function pagesQuery<Item>(queryKey: QueryKey, read: (place: { cursor?: string }) => Promise<Page<Item>>) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam }) => read(pageParam === "" ? {} : { cursor: pageParam }),
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchInterval: REFRESH_MS,
  });
}
