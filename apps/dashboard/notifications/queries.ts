import type { Delivery } from "@homeslice/protocol/notifications.ts";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";

export const channelsQuery = pagesQuery(["channels"], (place) =>
  api.call("listChannels", { query: { sort: "name", ...place } }),
);

/** Channels to choose from, by name. */
export const channelChoiceQuery = queryOptions({
  queryKey: ["channels", "choice"],
  queryFn: async () => (await api.call("listChannels", { query: { sort: "name", limit: 1_000 } })).items,
});

export const rulesQuery = pagesQuery(["notification-rules"], (place) =>
  api.call("listNotificationRules", { query: { sort: "name", ...place } }),
);

/** What was sent, is to be sent, and was given up, newest first. */
export const deliveriesQuery = (status: Delivery["status"] | undefined) =>
  pagesQuery(["deliveries", { status }], (place) =>
    api.call("listDeliveries", { query: { limit: 50, ...(status && { status }), ...place } }),
  );
