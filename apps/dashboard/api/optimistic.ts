import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";

type Pages<Item> = InfiniteData<{ readonly items: readonly Item[]; readonly next_cursor: string | null }>;

/**
 * Shows one item of the lists whose keys begin like this as it is to become.
 * @returns shows the lists as they were before
 */
export function showInLists<Item>(
  queryClient: QueryClient,
  queryKey: QueryKey,
  changed: Item,
  idOf: (item: Item) => string,
): () => void {
  void queryClient.cancelQueries({ queryKey });
  const before = queryClient.getQueriesData<Pages<Item>>({ queryKey });
  const replace = (item: Item) => (idOf(item) === idOf(changed) ? changed : item);
  queryClient.setQueriesData<Pages<Item>>(
    { queryKey },
    (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(replace) })) },
  );
  return () => {
    for (const [key, data] of before) queryClient.setQueryData(key, data);
  };
}
