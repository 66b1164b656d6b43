import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../app/root.ts";
import { HookSearch } from "./hookSearch.ts";

const hooks = createRoute({
  getParentRoute: () => root,
  path: "/hooks",
  component: lazyRouteComponent(() => import("./HooksPage.tsx"), "HooksPage"),
});

const hook = createRoute({
  getParentRoute: () => root,
  path: "/hooks/$hookId",
  validateSearch: HookSearch,
  component: lazyRouteComponent(() => import("./HookPage.tsx"), "HookPage"),
});

/** Pages of alerts that start actions. */
export const hookRoutes = [hooks, hook] as const;
