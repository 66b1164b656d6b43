import { Delivery } from "@homeslice/protocol/notifications.ts";
import { z } from "zod";

/** What the address of the notifications says; what it cannot mean is left out. */
export const NotificationSearch = z.object({
  tab: z.enum(["channels", "rules", "deliveries", "browser"]).optional().catch(undefined),
  status: Delivery.shape.status.optional().catch(undefined),
});
