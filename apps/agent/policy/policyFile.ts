import { Limits, Operation } from "@homeslice/protocol/operations/index.ts";
import { z } from "zod";

const Path = z.string().startsWith("/", "give absolute paths");

const checks = Operation.options.map(({ shape }) => shape.type.value).filter((type) => type !== "shell_command");

/**
 * policy.yaml: what the owner of this server lets orchestrators do on it. It is read at the start and again on SIGHUP.
 * Without the file, nothing may run.
 */
export const PolicyFile = z.strictObject({
  commands: z
    .union([z.literal("all"), z.array(Path)], { error: "write `all`, or a list of absolute paths of programs" })
    .describe("Programs that may run, by absolute path, with any arguments; or `all`."),
  operations: z.array(z.enum(checks)).default(checks).describe("Checks that may be made."),
  forbidden_paths: z
    .array(Path)
    .default([])
    .describe("What no operation may see. The agent's own directories are always among them."),
  isolation: z
    .enum(["off", "standard", "strict"])
    .default("standard")
    .describe(
      "`off`: commands run as the agent's user. `standard`: besides, where bubblewrap works, they see no processes but " +
        "their own and nothing that is forbidden, and leave no process behind. `strict`: besides, they can write only to " +
        "`writable_paths`, have no capabilities, no network without `network`, and fewer system calls; where that " +
        "cannot be had, nothing runs.",
    ),
  network: z.boolean().default(false).describe("Whether commands that run in strict isolation have the network."),
  writable_paths: z.array(Path).default([]).describe("Where commands in strict isolation may write."),
  limits: Limits.prefault({ output_mb: 64, processes: 4_096 }).describe("What each operation may use at most."),
});
export type PolicyFile = z.output<typeof PolicyFile>;
