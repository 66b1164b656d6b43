import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../app/root.ts";
import { ExecutionSearch } from "./executionSearch.ts";
import { HistorySearch } from "./historySearch.ts";

const history = createRoute({
  getParentRoute: () => root,
  path: "/history",
  validateSearch: HistorySearch,
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
