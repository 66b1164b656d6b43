/**
 * Arguments of Node for an orchestrator outside of a container, in which the memory of the container limits it. By the memory of a
 * whole machine, Node lets four times as much garbage gather as there is in use before it looks.
 */
export const NODE_FLAGS: readonly string[] = ["--max-old-space-size=1024", "--max-semi-space-size=8"];
