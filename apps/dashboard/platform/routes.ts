import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../app/root.ts";

const platform = createRoute({
  getParentRoute: () => root,
  path: "/platform",
  component: lazyRouteComponent(() => import("./PlatformPage.tsx"), "PlatformPage"),
});

/** Pages of what all of it stands on. */
export const platformRoutes = [platform] as const;
