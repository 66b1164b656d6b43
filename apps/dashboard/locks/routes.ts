import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../app/root.ts";
import { LockSearch } from "./lockSearch.ts";

const locks = createRoute({
  getParentRoute: () => root,
  path: "/locks",
  validateSearch: LockSearch,
  component: lazyRouteComponent(() => import("./LocksPage.tsx"), "LocksPage"),
});

/** Pages of what keeps work away. */
export const lockRoutes = [locks] as const;
