export { type PlatformOutputs, platform } from "./platform.ts";
