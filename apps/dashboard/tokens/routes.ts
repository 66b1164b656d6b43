import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../app/root.ts";

const tokens = createRoute({
  getParentRoute: () => root,
  path: "/tokens",
  component: lazyRouteComponent(() => import("./TokensPage.tsx"), "TokensPage"),
});

/** Pages of what programs prove themselves with. */
export const tokenRoutes = [tokens] as const;
