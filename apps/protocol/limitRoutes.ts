import { z } from "zod";
import { TenantId } from "./access.ts";
import { LimitsOverview, NewTenantLimits, NewTotalLimits, TenantLimits, TotalLimits } from "./limits.ts";
import { type Route, route } from "./route.ts";

const params = z.strictObject({ tenant: TenantId });

/** REST routes of limits, by name. */
export const limitRoutes = {
  getLimits: route({
    method: "GET",
    path: "/api/v1/limits",
    summary: "Show how much work may run and wait, and how much does",
    permission: "executions:read",
    response: LimitsOverview,
  }),
  setTotalLimits: route({
    method: "PUT",
    path: "/api/v1/limits",
    summary: "Limit how much work of all tenants runs at once, from the next second on",
    permission: "limits:manage",
    body: NewTotalLimits,
    versioned: true,
    response: TotalLimits,
  }),
  getTenantLimits: route({
    method: "GET",
    path: "/api/v1/tenants/{tenant}/limits",
    summary: "Show the limits of a tenant",
    permission: "limits:manage",
    params,
    response: TenantLimits,
  }),
  setTenantLimits: route({
    method: "PUT",
    path: "/api/v1/tenants/{tenant}/limits",
    summary: "Limit how much work of a tenant runs at once, and how much may wait",
    permission: "limits:manage",
    params,
    body: NewTenantLimits,
    versioned: true,
    response: TenantLimits,
  }),
} satisfies Record<string, Route>;
