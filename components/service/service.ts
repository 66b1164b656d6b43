import type { Config } from "@homeslice/config";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  Component,
  type Declaration,
  dataVolume,
  deployment,
  type Environment,
  http,
  scratch,
  secretFile,
  secretFiles,
  statefulSet,
  type Transform,
  type Use,
  use,
} from "../kit/index.ts";
import type { DatabaseLink } from "../postgresql/postgresql.ts";
import type { RedisLink } from "../redis/redis.ts";

type Settings = Config["services"][string];

export type UserServiceArgs = Settings & {
  /** Its database, where it uses PostgreSQL. */
  readonly database?: DatabaseLink | undefined;
  /** Where it uses Redis. */
  readonly redis?: RedisLink | undefined;
  readonly transform?: {
    readonly deployment?: Transform<kubernetes.apps.v1.DeploymentArgs>;
    readonly statefulSet?: Transform<kubernetes.apps.v1.StatefulSetArgs>;
  };
};

/** What the settings of a user's service say of it to the rest of the platform. */
export function declarationOf(name: string, settings: Settings): Declaration {
  const { access, host, logins, metrics, role, tile, title, uses, volume } = settings;
  const backup = {
    ...(uses.includes("postgresql") && { databases: [name] }),
    ...(volume && { volume: { user: settings.user } }),
  };
  return {
    title: title ?? name,
    web: {
      host: host ?? name,
      port: settings.port,
      access: access === "forward" ? { by: "forward", role } : { by: "everyone" },
      health: settings.health,
      ...(logins.length > 0 && { logins }),
      ...(tile && { tile }),
    },
    ...(metrics && { metrics: { port: metrics.port ?? settings.port, path: metrics.path } }),
    ...(Object.keys(backup).length > 0 && { backup }),
  };
}

/** A service of the user's own. Whatever the image, it is run as strictly as the platform's, with a volume or in many instances. */
export class UserService extends Component {
  constructor(name: string, args: UserServiceArgs, environment: Environment) {
    super("UserService", name, environment);
    const { volume, replicas, transform } = args;
    if (volume) {
      const workload = this.#workload(args, [dataVolume(volume.path)]);
      statefulSet(this, { ...workload, size: volume.size, transform: transform?.statefulSet });
    } else {
      deployment(this, { ...this.#workload(args, []), replicas, transform: transform?.deployment });
    }
    this.registerOutputs({});
  }

  #workload({ image, command, args, health, metrics, port, resources, ...rest }: UserServiceArgs, mounts: Mounts) {
    const { env, ...secrets } = this.#secrets(rest);
    return {
      user: rest.user,
      container: {
        image: this.environment.mirrored(image),
        ...(command && { command }),
        ...(args && { args }),
        env: { ...rest.env, ...env },
        secretEnv: secrets.secretEnv,
        ports: { http: port, ...(metrics?.port && metrics.port !== port && { metrics: metrics.port }) },
        mounts: [scratch("/tmp"), ...mounts, ...secrets.mounts],
        health: { ready: http("http", health), live: http("http", health), startSeconds: 300 },
        resources,
      },
      uses: [...databaseOf(rest.database), ...redisOf(rest.redis)],
    };
  }

  /** The secrets of the settings in a Secret of the service, and the ways in which its container gets at them. */
  #secrets({ secretEnv, secretFiles: files }: Pick<Settings, "secretEnv" | "secretFiles">) {
    const [variables, inFiles] = [Object.keys(secretEnv), Object.keys(files)];
    const given = Object.entries({ ...secretEnv, ...files }).map(
      ([key, value]) => [key, pulumi.secret(value)] as const,
    );
    if (given.length === 0) return { env: {}, secretEnv: {}, mounts: [] };
    const secret = this.secret("secrets", Object.fromEntries(given), { protect: false });
    return {
      env: Object.fromEntries(inFiles.map((key) => [`${key}_FILE`, secretFile(secret, key)])),
      secretEnv: Object.fromEntries(variables.map((key) => [key, { secret, key }])),
      mounts: inFiles.length > 0 ? [secretFiles(secret, inFiles)] : [],
    };
  }
}

type Mounts = readonly ReturnType<typeof dataVolume>[];

function databaseOf(link: DatabaseLink | undefined): Use[] {
  if (!link) return [];
  const settings = { host: "DATABASE_HOST", port: "DATABASE_PORT", database: "DATABASE_NAME", user: "DATABASE_USER" };
  return [use(link, settings, { password: "DATABASE_PASSWORD_FILE" })];
}

function redisOf(link: RedisLink | undefined): Use[] {
  if (!link) return [];
  return [use(link, { host: "REDIS_HOST", port: "REDIS_PORT" }, { password: "REDIS_PASSWORD_FILE" })];
}
