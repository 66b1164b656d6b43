import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { historyQuery } from "../api/queries.ts";
import { root } from "../app/root.ts";
import { ExecutionSearch } from "./executionSearch.ts";
import { HistorySearch, historyFilter } from "./historySearch.ts";

const history = createRoute({
  getParentRoute: () => root,
  path: "/history",
  validateSearch: HistorySearch,
  loader: ({ context: { queryClient }, location }) =>
    void queryClient.prefetchInfiniteQuery(historyQuery(historyFilter(HistorySearch.parse(location.search)))),
  component: lazyRouteComponent(() => import("./HistoryPage.tsx"), "HistoryPage"),
});

const execution = createRoute({
  getParentRoute: () => root,
  path: "/executions/$executionId",
  validateSearch: ExecutionSearch,
  component: lazyRouteComponent(() => import("./ExecutionPage.tsx"), "ExecutionPage"),
});

/** Pages of what runs and has run. */
export const executionRoutes = [history, execution] as const;
