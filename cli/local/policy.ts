import { existsSync, writeFileSync } from "node:fs";
import type { LocalHome } from "./home.ts";

const POLICY = `# What may be run on this machine through Homeslice. Written once by ./homeslice up; change it as you like.
# It is read when the agent starts: ./homeslice down, then ./homeslice up.

# Whoever holds an operator's token may run every command, as the user who started Homeslice.
commands: all

# They see this machine as that user does. With \`standard\` they see no processes but their own, and leave none behind.
isolation: off

# Or only these programs, by absolute path, with any arguments:
# commands:
#   - /usr/bin/uptime
`;

/** Writes the policy of this machine's agent when there is none: its owner may run everything. */
export function preparePolicy(home: LocalHome): void {
  if (!existsSync(home.agentPolicy)) writeFileSync(home.agentPolicy, POLICY, { mode: 0o600 });
}
