export { TunnelError, type TunnelErrorCode } from "./errors.ts";
export { findCluster } from "./findCluster.ts";
export type { Listener } from "./listener.ts";
export { type ClusterSource, PodPort, type PodPortOptions } from "./podPort.ts";
export type { ClusterChoice, Target } from "./target.ts";
