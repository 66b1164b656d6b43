import { z } from "zod";
import { checkResult, dryRun, line, textOrParameter } from "./limits.ts";

const Url = textOrParameter(z.url({ protocol: /^https?$/ }), "give an http or https URL");
const HostName = textOrParameter(
  z.string().regex(/^([a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?|[0-9a-fA-F:.]+)$/),
  "give a host name or an IP address",
);
const Unit = textOrParameter(
  z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9:_.@\\-]{0,255}$/),
  "give the name of a systemd unit, for example nginx.service",
);

const HttpProbe = z.strictObject({
  kind: z.literal("http"),
  url: Url,
  method: z.enum(["GET", "HEAD"]).default("GET"),
  status: z.int().min(100).max(599).default(200).meta({ description: "Status that is expected" }),
  body_contains: line(1_000).optional().meta({ description: "Text that the first MiB of the body has to contain" }),
  verify_certificate: z.boolean().default(true),
});

const TcpProbe = z.strictObject({ kind: z.literal("tcp"), host: HostName, port: z.int().min(1).max(65_535) });

const SystemdProbe = z.strictObject({
  kind: z.literal("systemd"),
  unit: Unit,
  state: z.enum(["active", "inactive", "failed"]).default("active"),
});

/** Asks a service, from the server, whether it is well. */
export const ServiceHealth = z.strictObject({
  type: z.literal("service_health"),
  probe: z.discriminatedUnion("kind", [HttpProbe, TcpProbe, SystemdProbe]),
  max_latency_ms: z
    .int()
    .min(1)
    .max(600_000)
    .optional()
    .meta({ description: "The answer has to come within this time" }),
  ...dryRun,
});
export type ServiceHealth = z.infer<typeof ServiceHealth>;

export const ServiceHealthResult = z.object({
  type: z.literal("service_health"),
  ...checkResult,
  latency_ms: z.number().nullable(),
  status: z.string().max(100).nullable().meta({ description: "HTTP status, or state of the unit" }),
});
