export { databaseConnections, type EnvironmentName, environments, type ImageName } from "./defaults.ts";
export { type Complaint, UserError } from "./errors.ts";
export { type Config, loadConfig } from "./load.ts";
export { bytesOf } from "./notations.ts";
export { ConfigError, type Problem } from "./problems.ts";
export { configurationReference } from "./reference.ts";
export { AUTHENTIK_ADMINS, type Role, roles } from "./settings/access.ts";
