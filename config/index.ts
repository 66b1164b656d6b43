export { databaseConnections, type EnvironmentName, environments, type ImageName } from "./defaults.ts";
export { type Complaint, UserError } from "./errors.ts";
export { type Config, loadConfig, settingsIn, versionOf } from "./load.ts";
export { CONFIG_VERSION, type Edit, pendingEdits } from "./migrations.ts";
export { bytesOf } from "./notations.ts";
export { ConfigError, type Problem } from "./problems.ts";
export { configurationReference } from "./reference.ts";
export { AUTHENTIK_ADMINS, type Role, roles } from "./settings/access.ts";
export { type Colour, colours } from "./settings/orchestrator.ts";
