interface Page<T> {
  readonly pagination: { readonly next: number };
  readonly results: readonly T[];
}

const PAGE_SIZE = 100;

/** All results of a list, page by page; the number of the next page is 0 after the last. */
export async function allPages<T>(list: (page: { page: number; pageSize: number }) => Promise<Page<T>>): Promise<T[]> {
  const results: T[] = [];
  for (let page = 1; page > 0; ) {
    const answer = await list({ page, pageSize: PAGE_SIZE });
    results.push(...answer.results);
    page = answer.pagination.next;
  }
  return results;
}
