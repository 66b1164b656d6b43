import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../app/root.ts";
import { AuditSearch } from "./auditSearch.ts";

const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  validateSearch: AuditSearch,
  component: lazyRouteComponent(() => import("./AuditPage.tsx"), "AuditPage"),
});

/** Pages of the audit log. */
export const auditRoutes = [audit] as const;
