/**
 * Arguments of Node for the orchestrator. What many agents say at once is garbage a moment later: left alone, Node lets
 * hundreds of megabytes of it gather before it looks, and hardly gives them back.
 */
export const NODE_FLAGS: readonly string[] = ["--max-semi-space-size=8", "--optimize-for-size"];
