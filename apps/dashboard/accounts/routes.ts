import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../app/root.ts";

const accounts = createRoute({
  getParentRoute: () => root,
  path: "/accounts",
  component: lazyRouteComponent(() => import("./AccountsPage.tsx"), "AccountsPage"),
});

/** Pages of people. */
export const accountRoutes = [accounts] as const;
