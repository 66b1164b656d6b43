import { z } from "zod";
import { Hook, HookCall, HookCallFilter, HookId, NewHook } from "./hooks.ts";
import { DefinitionFilter } from "./notifications.ts";
import { listing, page, type Route, route, sortedBy } from "./route.ts";

const hook = z.strictObject({ hook_id: HookId });

/** REST routes of hooks, by name. Alerts arrive at `POST /api/v1/hooks/{hook_id}/calls`, which the hook's secret opens. */
export const hookRoutes = {
  listHooks: route({
    method: "GET",
    path: "/api/v1/hooks",
    summary: "List hooks: alerts and other programs that start an action",
    permission: "hooks:read",
    query: DefinitionFilter.extend(listing(sortedBy("created", "name").default("-created")).shape),
    response: page(Hook),
  }),
  createHook: route({
    method: "POST",
    path: "/api/v1/hooks",
    summary: "Create a hook; it starts executions in the name of whoever created or changed it last",
    permission: "hooks:manage",
    body: NewHook,
    status: 201,
    response: Hook,
  }),
  getHook: route({
    method: "GET",
    path: "/api/v1/hooks/{hook_id}",
    summary: "Show a hook, without its secret",
    permission: "hooks:read",
    params: hook,
    response: Hook,
  }),
  updateHook: route({
    method: "PUT",
    path: "/api/v1/hooks/{hook_id}",
    summary: "Replace a hook; without a secret, it keeps the one that it has",
    permission: "hooks:manage",
    params: hook,
    body: NewHook,
    versioned: true,
    response: Hook,
  }),
  deleteHook: route({
    method: "DELETE",
    path: "/api/v1/hooks/{hook_id}",
    summary: "Delete a hook; what it started stays",
    permission: "hooks:manage",
    params: hook,
    versioned: true,
    status: 204,
    response: z.void(),
  }),
  listHookCalls: route({
    method: "GET",
    path: "/api/v1/hooks/{hook_id}/calls",
    summary: "List what became of the alerts that a hook got",
    permission: "hooks:read",
    params: hook,
    query: HookCallFilter.extend(listing(sortedBy("created").default("-created")).shape),
    response: page(HookCall),
  }),
} satisfies Record<string, Route>;
