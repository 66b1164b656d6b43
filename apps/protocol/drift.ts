import { z } from "zod";
import { Timestamp } from "./ids.ts";
import { listing, page, type Route, route, sortedBy } from "./route.ts";

const StackName = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,100}$/, "use 1 to 100 letters, digits, dots, dashes or underscores")
  .meta({ description: "Name of the stack, for example prod" });

/** A resource that is not as the last run left it. */
const DriftedResource = z.strictObject({
  resource: z.string().min(1).max(500).meta({ description: "Kind and name, for example `Deployment grafana`" }),
  change: z.enum(["differs", "gone"]),
  properties: z
    .array(z.string().max(500))
    .max(100)
    .default([])
    .meta({ description: "Paths of what differs, without the values: those may be secret" }),
});

/** What a look at a stack has found. */
export const NewDriftCheck = z.strictObject({
  stack: StackName,
  resources: z.array(DriftedResource).max(1_000).meta({ description: "Those that differ; none when all is in step" }),
  checked: z.int().nonnegative().meta({ description: "How many resources were looked at" }),
  complete: z
    .boolean()
    .default(true)
    .meta({ description: "False: Grafana did not answer, and what is in it was not looked at" }),
  seconds: z.number().nonnegative().meta({ description: "Time that it took" }),
});
export type NewDriftCheck = z.infer<typeof NewDriftCheck>;

export const DriftCheck = z.object({
  drift_check_id: z.uuid(),
  ...NewDriftCheck.shape,
  checked_at: Timestamp,
  checked_by: z.string(),
});
export type DriftCheck = z.infer<typeof DriftCheck>;

const DriftCheckFilter = z.strictObject({
  stack: StackName.optional(),
  newest: z.enum(["true", "false"]).optional().meta({ description: "true: of each stack the newest alone" }),
});

/** REST routes of drift, by name. */
export const driftRoutes = {
  listDriftChecks: route({
    method: "GET",
    path: "/api/v1/drift-checks",
    summary:
      "List what looks at stacks have found: whether what is there is as the last run left it; the last 30 of each",
    permission: "platform:read",
    query: DriftCheckFilter.extend(listing(sortedBy("created").default("-created")).shape),
    response: page(DriftCheck),
  }),
  reportDrift: route({
    method: "POST",
    path: "/api/v1/drift-checks",
    summary: "Report what a look at a stack has found",
    permission: "drift:report",
    body: NewDriftCheck,
    status: 201,
    response: DriftCheck,
  }),
} satisfies Record<string, Route>;
