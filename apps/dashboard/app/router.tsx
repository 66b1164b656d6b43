import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { serversQuery } from "../api/queries.ts";
import { HistorySearch } from "../executions/historySearch.ts";
import { ServerSearch } from "../servers/serverFilter.ts";
import { ErrorNotice, NotFound } from "../ui/notices.tsx";
import { Shell } from "./Shell.tsx";

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ component: Shell });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/servers", search: {} });
  },
});

const servers = createRoute({
  getParentRoute: () => root,
  path: "/servers",
  validateSearch: ServerSearch,
  loader: ({ context }) => void context.queryClient.prefetchQuery(serversQuery),
  component: lazyRouteComponent(() => import("../servers/ServersPage.tsx"), "ServersPage"),
});

const history = createRoute({
  getParentRoute: () => root,
  path: "/history",
  validateSearch: HistorySearch,
  component: lazyRouteComponent(() => import("../executions/HistoryPage.tsx"), "HistoryPage"),
});

const execution = createRoute({
  getParentRoute: () => root,
  path: "/executions/$executionId",
  component: lazyRouteComponent(() => import("../executions/ExecutionPage.tsx"), "ExecutionPage"),
});

const routeTree = root.addChildren([home, servers, history, execution]);

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
