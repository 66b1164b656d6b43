import type { QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter, redirect } from "@tanstack/react-router";
import { executionRoutes } from "../executions/routes.ts";
import { scheduleRoutes } from "../schedules/routes.ts";
import { serverRoutes } from "../servers/routes.ts";
import { ErrorNotice, NotFound } from "../ui/notices.tsx";
import { root } from "./root.ts";

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/servers", search: {} });
  },
});

const routeTree = root.addChildren([home, ...serverRoutes, ...executionRoutes, ...scheduleRoutes]);

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
