import { join } from "node:path";
import { ensureGoTools } from "../support/goTools.ts";
import type { Progress } from "../testbed/progress.ts";

const module = join(import.meta.dirname, "traefik");

/** Programs of the tests of the edge. */
export interface EdgePrograms {
  readonly traefik: string;
  /** Gets a page over HTTP/3. */
  readonly http3: string;
}

/** Builds Traefik and a client for HTTP/3 once per version, in some minutes; at once afterwards. */
export async function ensureEdgePrograms(
  cache: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<EdgePrograms> {
  const tools = { title: "Traefik", module, cached: "edge", takes: "some minutes" };
  const bin = await ensureGoTools(tools, cache, progress, signal);
  return { traefik: join(bin, "traefik"), http3: join(bin, "client") };
}
