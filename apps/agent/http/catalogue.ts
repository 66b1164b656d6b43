import { HeldAttempt } from "@homeslice/protocol/link.ts";
import { HostStatus } from "@homeslice/protocol/servers.ts";
import { z } from "zod";

export const Health = z.object({
  status: z.literal("ok"),
  version: z.string(),
  connected: z.boolean().meta({ description: "Whether the orchestrator is connected" }),
  system: HostStatus,
});

export const Readiness = z.object({ status: z.enum(["ready", "not connected to the orchestrator"]) });

export const AgentStatus = z.object({
  version: z.string(),
  hostname: z.string(),
  connected: z.boolean(),
  connections: z.int().meta({ description: "Connections made since the start" }),
  operations: z.array(z.string()),
  protections: z.array(z.string()).meta({ description: "What is in force for commands" }),
  max_concurrent_jobs: z.int(),
});
export type AgentStatus = z.infer<typeof AgentStatus>;

export const HeldJobs = z.object({
  items: z.array(HeldAttempt).meta({ description: "Attempts that the orchestrator has not settled yet" }),
});

/** What the agent answers, by path; /metrics besides is text of Prometheus. */
const answers = {
  "/healthz": { summary: "Whether the agent runs, and how its host is", schema: Health, also: undefined },
  "/readyz": { summary: "Whether the agent can be given work", schema: Readiness, also: 503 },
  "/api/v1/status": {
    summary: "What the agent is, and what protects its server",
    schema: AgentStatus,
    also: undefined,
  },
  "/api/v1/jobs": { summary: "What the agent works on", schema: HeldJobs, also: undefined },
} as const;

/** OpenAPI 3.1 of the agent's own HTTP. */
export function agentOpenApi(version: string): object {
  const paths: Record<string, object> = {};
  for (const [path, { summary, schema, also }] of Object.entries(answers)) {
    const content = { "application/json": { schema: z.toJSONSchema(schema, { io: "output" }) } };
    const answer = { description: summary, content };
    paths[path] = { get: { summary, responses: { "200": answer, ...(also && { [also]: answer }) } } };
  }
  const text = { description: "Metrics", content: { "text/plain": { schema: { type: "string" } } } };
  paths["/metrics"] = { get: { summary: "Metrics in the format of Prometheus", responses: { "200": text } } };
  return { openapi: "3.1.0", info: { title: "Homeslice agent", version }, paths };
}
