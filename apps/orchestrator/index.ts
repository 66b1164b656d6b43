export { startOrchestrator } from "./orchestrator.ts";
export { Environment, type Settings } from "./settings.ts";
