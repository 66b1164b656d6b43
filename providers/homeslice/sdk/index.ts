export * from "./checks.ts";
export * from "./functions.ts";
export * from "./provider.ts";
export * from "./resources.ts";
