import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../app/root.ts";
import { WorkflowSearch } from "./workflowSearch.ts";

const workflows = createRoute({
  getParentRoute: () => root,
  path: "/workflows",
  validateSearch: WorkflowSearch,
  component: lazyRouteComponent(() => import("./WorkflowsPage.tsx"), "WorkflowsPage"),
});

const workflow = createRoute({
  getParentRoute: () => root,
  path: "/workflows/$workflowId",
  component: lazyRouteComponent(() => import("./WorkflowPage.tsx"), "WorkflowPage"),
});

const run = createRoute({
  getParentRoute: () => root,
  path: "/workflow-runs/$runId",
  component: lazyRouteComponent(() => import("./RunPage.tsx"), "RunPage"),
});

/** Pages of what runs in several steps. */
export const workflowRoutes = [workflows, workflow, run] as const;
