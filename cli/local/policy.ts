import { existsSync, writeFileSync } from "node:fs";
import type { LocalHome } from "./home.ts";

const POLICY = `# What this machine's agent may run. Written once by ./homeslice up; change it as you like.
`;

/** Writes the policy of this machine's agent when there is none: its owner may run everything. */
export function preparePolicy(home: LocalHome): void {
  if (!existsSync(home.agentPolicy)) writeFileSync(home.agentPolicy, POLICY, { mode: 0o600 });
}
