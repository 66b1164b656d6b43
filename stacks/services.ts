import { type Environment, type PostgreSQL, type Redis, UserService } from "@homeslice/components";
import type { Config } from "@homeslice/config";

/** The services that the configuration adds, with the stores that they use. */
export function createUserServices(
  config: Config,
  environment: Environment,
  { postgresql, redis }: { readonly postgresql: PostgreSQL; readonly redis: Redis },
): void {
  for (const [name, settings] of Object.entries(config.services)) {
    const database = settings.uses.includes("postgresql") ? postgresql.database(name) : undefined;
    const cache = settings.uses.includes("redis") ? redis.link() : undefined;
    new UserService(name, { ...settings, database, redis: cache }, environment);
  }
}
