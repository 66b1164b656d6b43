import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";
import { firstServersQuery, serversQuery } from "../api/queries.ts";
import { root } from "../app/root.ts";
import { listingOf, ServerSearch } from "./serverFilter.ts";

const servers = createRoute({
  getParentRoute: () => root,
  path: "/servers",
  validateSearch: ServerSearch,
  loader: ({ context: { queryClient }, location }) => {
    if (queryClient.getQueryData(serversQuery.queryKey) !== undefined) return;
    void queryClient.prefetchQuery(firstServersQuery(listingOf(ServerSearch.parse(location.search))));
  },
  component: lazyRouteComponent(() => import("./ServersPage.tsx"), "ServersPage"),
});

const server = createRoute({
  getParentRoute: () => root,
  path: "/servers/$serverId",
  validateSearch: z.object({
    tab: z.enum(["overview", "metrics", "run", "history", "locks", "breaker"]).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import("./ServerPage.tsx"), "ServerPage"),
});

/** Pages of servers. */
export const serverRoutes = [servers, server] as const;
