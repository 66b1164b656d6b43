import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../app/root.ts";
import { ScheduleSearch } from "./scheduleSearch.ts";

const schedules = createRoute({
  getParentRoute: () => root,
  path: "/schedules",
  validateSearch: ScheduleSearch,
  component: lazyRouteComponent(() => import("./SchedulesPage.tsx"), "SchedulesPage"),
});

const schedule = createRoute({
  getParentRoute: () => root,
  path: "/schedules/$scheduleId",
  component: lazyRouteComponent(() => import("./SchedulePage.tsx"), "SchedulePage"),
});

/** Pages of what starts by itself. */
export const scheduleRoutes = [schedules, schedule] as const;
