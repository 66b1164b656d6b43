import { queryOptions } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";

export const hooksQuery = pagesQuery(["hooks"], (place) =>
  api.call("listHooks", { query: { sort: "name", ...place } }),
);

/** Hooks, to look for what they name: the first thousand by name. */
export const hookChoiceQuery = queryOptions({
  queryKey: ["hook", "choice"],
  queryFn: async () => (await api.call("listHooks", { query: { sort: "name", limit: 1_000 } })).items,
});
