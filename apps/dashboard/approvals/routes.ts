import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../app/root.ts";
import { ApprovalSearch } from "./approvalSearch.ts";

const approvals = createRoute({
  getParentRoute: () => root,
  path: "/approvals",
  validateSearch: ApprovalSearch,
  component: lazyRouteComponent(() => import("./ApprovalsPage.tsx"), "ApprovalsPage"),
});

/** Pages of what needs more than one person. */
export const approvalRoutes = [approvals] as const;
