import { ActionFilter } from "@homeslice/protocol/actions.ts";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";
import { root } from "../app/root.ts";

const { category, action_type } = ActionFilter.shape;

const actions = createRoute({
  getParentRoute: () => root,
  path: "/actions",
  validateSearch: z.object({
    q: z.string().min(1).max(200).optional().catch(undefined),
    category: category.catch(undefined),
    type: action_type.catch(undefined),
  }),
  component: lazyRouteComponent(() => import("./ActionsPage.tsx"), "ActionsPage"),
});

const newAction = createRoute({
  getParentRoute: () => root,
  path: "/actions/new",
  component: lazyRouteComponent(() => import("./BuilderPage.tsx"), "NewActionPage"),
});

const action = createRoute({
  getParentRoute: () => root,
  path: "/actions/$actionId",
  validateSearch: z.object({ tab: z.enum(["definition", "preview", "versions"]).optional().catch(undefined) }),
  component: lazyRouteComponent(() => import("./ActionPage.tsx"), "ActionPage"),
});

const editAction = createRoute({
  getParentRoute: () => root,
  path: "/actions/$actionId/edit",
  component: lazyRouteComponent(() => import("./BuilderPage.tsx"), "EditActionPage"),
});

/** Pages of actions. */
export const actionRoutes = [actions, newAction, action, editAction] as const;
