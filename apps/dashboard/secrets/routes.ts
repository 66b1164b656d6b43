import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../app/root.ts";

const secrets = createRoute({
  getParentRoute: () => root,
  path: "/secrets",
  component: lazyRouteComponent(() => import("./SecretsPage.tsx"), "SecretsPage"),
});

/** Pages of secrets. */
export const secretRoutes = [secrets] as const;
