import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../app/root.ts";
import { ReportSearch } from "./reportSearch.ts";

const reports = createRoute({
  getParentRoute: () => root,
  path: "/reports",
  validateSearch: ReportSearch,
  component: lazyRouteComponent(() => import("./ReportsPage.tsx"), "ReportsPage"),
});

/** Pages of reports. */
export const reportRoutes = [reports] as const;
