import { z } from "zod";

/** Identity of a server and its agent: assigned at registration, never reused, not even for the same hostname. */
export const ServerId = z.uuid().meta({ description: "Identity of a server; assigned once, never reused" });
/** Identity of an action template. */
export const ActionId = z.uuid().meta({ description: "Identity of an action template" });
/** Identity of an execution: one request to run something on one or more servers. */
export const ExecutionId = z.uuid().meta({ description: "Identity of an execution" });

/** A point in time as it crosses the wire: ISO 8601 with zone. */
export const Timestamp = z.iso.datetime({ offset: true });
