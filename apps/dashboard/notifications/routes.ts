import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../app/root.ts";
import { NotificationSearch } from "./notificationSearch.ts";

const notifications = createRoute({
  getParentRoute: () => root,
  path: "/notifications",
  validateSearch: NotificationSearch,
  component: lazyRouteComponent(() => import("./NotificationsPage.tsx"), "NotificationsPage"),
});

/** Pages of who is told of what. */
export const notificationRoutes = [notifications] as const;
