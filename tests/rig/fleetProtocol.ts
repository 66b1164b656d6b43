import { z } from "zod";

/** What the process of a fleet is told. */
export const FleetOrder = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("connect"),
    urls: z.array(z.string()).min(1),
    orchestratorKey: z.string(),
    /** Keys are PKCS #8 in base64. */
    agents: z.array(z.object({ serverId: z.string(), privateKey: z.string() })),
  }),
  z.object({ type: z.literal("report") }),
]);
export type FleetOrder = z.infer<typeof FleetOrder>;

/** What it answers to `report`. */
export const FleetReport = z.object({
  connected: z.int(),
  settled: z.int(),
  /** Attempts that arrived again after they had been started. */
  repeated: z.int(),
  /** When each attempt was started since the last report: `EXECUTION.FENCE@SERVER`, milliseconds since the epoch. */
  starts: z.record(z.string(), z.number()),
});
export type FleetReport = z.infer<typeof FleetReport>;
