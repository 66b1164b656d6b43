import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { firstServersQuery, serversQuery } from "../api/queries.ts";
import { listingOf, type ServerSearch } from "./serverFilter.ts";

/**
 * All servers. Of many it takes a moment until they are held: at first, `some` are those that a page of the API has of
 * what was asked for when the page was opened.
 */
export function useServers(search: ServerSearch) {
  const queryClient = useQueryClient();
  const [early] = useState(() => queryClient.getQueryData(serversQuery.queryKey) === undefined);
  const [listing] = useState(() => listingOf(search));
  const first = useQuery({ ...firstServersQuery(listing), enabled: early });
  const all = useQuery({ ...serversQuery, enabled: !early || first.isFetched });
  return { ...all, some: all.data ?? first.data ?? [] };
}
