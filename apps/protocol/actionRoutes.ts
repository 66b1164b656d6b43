import { z } from "zod";
import { Action, ActionFilter, ActionVersion, NewAction } from "./actions.ts";
import { Difference } from "./difference.ts";
import { Problem } from "./errors.ts";
import { ActionId, ServerId } from "./ids.ts";
import { Operation } from "./operations/index.ts";
import { Parameters } from "./parameters.ts";
import { listing, page, type Route, route, sortedBy } from "./route.ts";
import { MAX_TARGETS, PreviewTarget, TargetSelector } from "./targets.ts";

const action = z.strictObject({ action_id: ActionId });
const Version = z.coerce.number<string>().int().min(1).max(2_147_483_647);
const version = action.extend({ version: Version });

/** REST routes of action templates, by name. */
export const actionRoutes = {
  listActions: route({
    method: "GET",
    path: "/api/v1/actions",
    summary: "List action templates",
    permission: "actions:read",
    query: ActionFilter.extend(listing(sortedBy("created", "updated", "name", "usage").default("-created")).shape),
    response: page(Action),
  }),
  createAction: route({
    method: "POST",
    path: "/api/v1/actions",
    summary: "Create an action template",
    permission: "actions:write",
    body: NewAction,
    status: 201,
    response: Action,
  }),
  addSampleActions: route({
    method: "POST",
    path: "/api/v1/actions/samples",
    summary: "Add action templates for what nearly everybody needs; those whose names are taken are left out",
    permission: "actions:write",
    response: z.object({ items: z.array(Action).meta({ description: "Those that were added" }) }),
  }),
  checkAction: route({
    method: "POST",
    path: "/api/v1/actions/validate",
    summary: "Say everything that is wrong with an action template, and store nothing",
    permission: "actions:read",
    body: NewAction,
    response: z.object({ valid: z.boolean(), errors: Problem.shape.errors.unwrap() }),
  }),
  getAction: route({
    method: "GET",
    path: "/api/v1/actions/{action_id}",
    summary: "Show an action template",
    permission: "actions:read",
    params: action,
    response: Action,
  }),
  updateAction: route({
    method: "PUT",
    path: "/api/v1/actions/{action_id}",
    summary: "Replace an action template, as its next version",
    permission: "actions:write",
    params: action,
    body: NewAction,
    versioned: true,
    response: Action,
  }),
  deleteAction: route({
    method: "DELETE",
    path: "/api/v1/actions/{action_id}",
    summary: "Delete an action template; its executions stay",
    permission: "actions:write",
    params: action,
    status: 204,
    versioned: true,
    response: z.void(),
  }),
  validateAction: route({
    method: "GET",
    path: "/api/v1/actions/{action_id}/validate",
    summary: "Check whether an action template can run as it stands",
    permission: "actions:read",
    params: action,
    response: z.object({ valid: z.boolean(), errors: Problem.shape.errors.unwrap() }),
  }),
  previewAction: route({
    method: "POST",
    path: "/api/v1/actions/{action_id}/validate",
    summary: "Show exactly what would run with these parameters on which server, and run nothing",
    permission: "actions:read",
    params: action,
    body: z.strictObject({
      parameters: Parameters.default({}),
      target_servers: z.array(ServerId).max(MAX_TARGETS).default([]).meta({ description: "Servers by their ids" }),
      targets: TargetSelector.optional().meta({
        description: "Servers by what they are, in addition. Default, without any: all that the action applies to",
      }),
    }),
    response: z.object({
      operation: Operation,
      summary: z.string().meta({ description: "The same in words" }),
      servers: z.array(
        PreviewTarget.omit({ batch: true }).extend({
          command: z.string().meta({ description: "What would run there, in words" }),
        }),
      ),
    }),
  }),
  listActionVersions: route({
    method: "GET",
    path: "/api/v1/actions/{action_id}/versions",
    summary: "List the versions of an action template, each with its definition",
    permission: "actions:read",
    params: action,
    query: z.strictObject({}).extend(listing(sortedBy("version").default("-version")).shape),
    response: page(ActionVersion),
  }),
  getActionVersion: route({
    method: "GET",
    path: "/api/v1/actions/{action_id}/versions/{version}",
    summary: "Show an action template as it was in one version",
    permission: "actions:read",
    params: version,
    response: ActionVersion,
  }),
  restoreActionVersion: route({
    method: "POST",
    path: "/api/v1/actions/{action_id}/versions/{version}/restore",
    summary: "Take up the definition of an older version again, as the next version",
    permission: "actions:write",
    params: version,
    versioned: true,
    response: Action,
  }),
  compareActionVersions: route({
    method: "GET",
    path: "/api/v1/actions/{action_id}/diff",
    summary: "Show what differs between two versions of an action template",
    permission: "actions:read",
    params: action,
    query: z.strictObject({
      from: Version.optional().meta({ description: "Default: the version before `to`" }),
      to: Version.optional().meta({ description: "Default: the newest" }),
    }),
    response: z.object({ from: z.int(), to: z.int(), changes: z.array(Difference) }),
  }),
} satisfies Record<string, Route>;
