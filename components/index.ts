export { Agents } from "./agent/agents.ts";
export { Authentik } from "./authentik/authentik.ts";
export { Backup } from "./backup/backup.ts";
export { Homepage } from "./homepage/homepage.ts";
export { type Catalogue, Environment } from "./kit/index.ts";
export { Orchestrator } from "./orchestrator/orchestrator.ts";
export { PostgreSQL } from "./postgresql/postgresql.ts";
export { Redis } from "./redis/redis.ts";
