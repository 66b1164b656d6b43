import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";
import { serversQuery } from "../api/queries.ts";
import { root } from "../app/root.ts";
import { ServerSearch } from "./serverFilter.ts";

const servers = createRoute({
  getParentRoute: () => root,
  path: "/servers",
  validateSearch: ServerSearch,
  loader: ({ context }) => void context.queryClient.prefetchQuery(serversQuery),
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
