import type { QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter, redirect } from "@tanstack/react-router";
import { accountRoutes } from "../accounts/routes.ts";
import { actionRoutes } from "../actions/routes.ts";
import { approvalRoutes } from "../approvals/routes.ts";
import { auditRoutes } from "../audit/routes.ts";
import { executionRoutes } from "../executions/routes.ts";
import { hookRoutes } from "../hooks/routes.ts";
import { lockRoutes } from "../locks/routes.ts";
import { notificationRoutes } from "../notifications/routes.ts";
import { platformRoutes } from "../platform/routes.ts";
import { reportRoutes } from "../reports/routes.ts";
import { runRoutes } from "../run/routes.ts";
import { scheduleRoutes } from "../schedules/routes.ts";
import { secretRoutes } from "../secrets/routes.ts";
import { serverRoutes } from "../servers/routes.ts";
import { tokenRoutes } from "../tokens/routes.ts";
import { ErrorNotice, NotFound } from "../ui/notices.tsx";
import { workflowRoutes } from "../workflows/routes.ts";
import { root } from "./root.ts";

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/servers", search: {} });
  },
});

const routeTree = root.addChildren([
  home,
  ...notificationRoutes,
  ...hookRoutes,
  ...approvalRoutes,
  ...lockRoutes,
  ...secretRoutes,
  ...accountRoutes,
  ...tokenRoutes,
  ...workflowRoutes,
  ...platformRoutes,
  ...serverRoutes,
  ...actionRoutes,
  ...runRoutes,
  ...executionRoutes,
  ...auditRoutes,
  ...reportRoutes,
  ...scheduleRoutes,
]);

/** The pages of the dashboard; each is fetched when it is first shown. */
export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: "intent",
    defaultErrorComponent: ErrorNotice,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
