import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../app/root.ts";
import { RunSearch } from "./runSearch.ts";

const run = createRoute({
  getParentRoute: () => root,
  path: "/run",
  validateSearch: RunSearch,
  component: lazyRouteComponent(() => import("./RunPage.tsx"), "RunPage"),
});

/** The page on which executions begin. */
export const runRoutes = [run] as const;
