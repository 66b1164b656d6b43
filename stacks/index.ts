export { type PlatformOutputs, platform } from "./platform.ts";
export { reachGrafana, type Way } from "./reach.ts";
