import { Environment as AgentEnvironment } from "@homeslice/agent/config/settings.ts";
import { configurationReference } from "@homeslice/config";
import { Environment as OrchestratorEnvironment } from "@homeslice/orchestrator";
import type { z } from "zod";
import { apiReference } from "./api.ts";
import { fieldTable } from "./schema.ts";

/** A page of the documentation that is generated from the code. */
export interface Page {
  /** Path in the checkout. */
  readonly path: string;
  readonly render: () => string;
}

/** Every generated page. */
export const pages: readonly Page[] = [
  { path: "docs/reference/configuration.md", render: configurationReference },
  { path: "docs/reference/api.md", render: apiReference },
  {
    path: "docs/reference/orchestrator.md",
    render: () => environmentReference("orchestrator", OrchestratorEnvironment),
  },
  { path: "docs/reference/agent.md", render: () => environmentReference("agent", AgentEnvironment) },
];

function environmentReference(program: string, environment: z.ZodType): string {
  return `# Settings of the ${program}

Environment variables, generated from their schema. A name that ends in \`_FILE\` holds the path of a file: secrets are
never given as values. A missing or wrong one is named, with all others, when the ${program} starts, and it ends with
exit code 2.

${fieldTable(environment, "input")}
`;
}
