export { API_PORTS, allowApi, apiToken } from "./api-access.ts";
export { Component } from "./component.ts";
export { cronJob, daemonSet, deployment, instances, job, type Running, statefulSet } from "./controllers.ts";
export type { Access, Catalogue, Declaration, Status, Tile } from "./declaration.ts";
export { Environment } from "./environment.ts";
export { MAIN_PART, selectorLabels, standardLabels } from "./labels.ts";
export { type Endpoint, type Link, type Peer, type Use, use } from "./link.ts";
export {
  dataVolume,
  ephemeralVolume,
  type Mount,
  mountedSecret,
  nodeDirectory,
  scratch,
  secretFiles,
  volumeOf,
} from "./mounts.ts";
export { objectName } from "./names.ts";
export type { PodSecurity } from "./namespace.ts";
export { openAmong, openOutside, openTo, openToEveryone } from "./network.ts";
export { type Container, DEFAULT_USER, type Resources, type Server } from "./pod.ts";
export { exec, http } from "./probes.ts";
export { type SecretRef, secretDirectory, secretFile } from "./secrets.ts";
export { serviceFor } from "./service.ts";
export type { Transform } from "./transform.ts";
