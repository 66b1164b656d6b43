export { Environment } from "./environment.ts";
export { startOrchestrator } from "./orchestrator.ts";
export type { Settings } from "./settings.ts";
