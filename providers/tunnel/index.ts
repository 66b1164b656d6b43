export { TunnelError, type TunnelErrorCode } from "./errors.ts";
export { type ClusterChoice, clusterOf, defaultKubeconfigs, inClusterConfig, readKubeconfig } from "./kubeconfig.ts";
export type { Listener } from "./listener.ts";
export { type ClusterSource, PodPort, type PodPortOptions } from "./podPort.ts";
export type { Target } from "./target.ts";
