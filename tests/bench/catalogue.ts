import type { Bench } from "./bench.ts";
import { agentIdle } from "./benches/agentIdle.ts";
import { api } from "./benches/api.ts";
import { bulk } from "./benches/bulk.ts";
import { cluster } from "./benches/cluster.ts";
import { dashboard } from "./benches/dashboard.ts";
import { dispatch } from "./benches/dispatch.ts";
import { lighthouse } from "./benches/lighthouse.ts";
import { logs } from "./benches/logs.ts";
import { sustained } from "./benches/sustained.ts";

/** Every bench by its name, in the order in which they run. A new one is a file in `benches/` and a line here. */
export const benches: Readonly<Record<string, Bench>> = {
  bulk,
  dispatch,
  sustained,
  logs,
  dashboard,
  lighthouse,
  api,
  agent: agentIdle,
  cluster,
};
