export { plannedDefinitions } from "../automation/planned.ts";
export * from "./automation.ts";
export * from "./checks.ts";
export * from "./functions.ts";
export * from "./provider.ts";
export * from "./resources.ts";
