import { bytesOf, type Config } from "@homeslice/config";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  Component,
  dataVolume,
  type Environment,
  exec,
  http,
  type Link,
  type Running,
  type SecretRef,
  type Server,
  scratch,
  secretFile,
  secretFiles,
  statefulSet,
  type Transform,
} from "../kit/index.ts";

export type RedisArgs = Config["redis"] & {
  readonly transform?: { readonly statefulSet?: Transform<kubernetes.apps.v1.StatefulSetArgs> };
};

/** How to reach Redis. */
export type RedisLink = Link<"host" | "port", "password">;

const PORT = 6379;
const ACCESS_LIST = "users.acl";
/** The password once more, in the notation of the exporter. */
const EXPORTER_LIST = "exporter.json";
const EXPORTER_ADDRESS = `redis://127.0.0.1:${PORT}`;

/**
 * Redis for what may vanish: live fan-out, counters, caches. Never the only home of anything.
 *
 * @example
 * const redis = new Redis("redis", config.redis, environment);
 * new Orchestrator("orchestrator", { ...config.orchestrator, bus: redis.link() }, environment);
 */
export class Redis extends Component {
  readonly #secret: SecretRef<"password" | typeof ACCESS_LIST | typeof EXPORTER_LIST>;
  readonly #server: Running;

  constructor(name: string, args: RedisArgs, environment: Environment) {
    super("Redis", name, environment);
    const password = this.generate("password");
    const accessList = pulumi.interpolate`user default on >${password} ~* &* +@all`;
    const exporterList = pulumi.jsonStringify({ [EXPORTER_ADDRESS]: password });
    this.#secret = this.secret("access", { password, [ACCESS_LIST]: accessList, [EXPORTER_LIST]: exporterList });
    this.#server = statefulSet(this, {
      size: args.size,
      container: {
        image: environment.image("redis"),
        args: ["redis-server", "/etc/redis/redis.conf"],
        ports: { redis: PORT },
        mounts: [
          dataVolume("/data"),
          this.files("config", "/etc/redis", { "redis.conf": redisConf(args, secretFile(this.#secret, ACCESS_LIST)) }),
          secretFiles(this.#secret),
          scratch("/tmp"),
        ],
        // A server that still loads its file is alive, but not ready.
        health: { ready: this.#answers("PONG"), live: this.#answers("PONG|LOADING"), startSeconds: 300 },
        resources: args.resources,
      },
      beside: { exporter: this.#exporter() },
      transform: args.transform?.statefulSet,
    });
    this.registerOutputs({});
  }

  /** What a workload uses to talk to this Redis. */
  link(): RedisLink {
    const { host, ready } = this.#server;
    return { peer: this.#server, port: PORT, settings: { host, port: `${PORT}` }, secret: this.#secret, ready };
  }

  #exporter(): Server {
    return {
      image: this.environment.image("redis-exporter"),
      env: { REDIS_ADDR: EXPORTER_ADDRESS, REDIS_PASSWORD_FILE: secretFile(this.#secret, EXPORTER_LIST) },
      ports: { metrics: 9121 },
      mounts: [secretFiles(this.#secret)],
      health: { ready: http("metrics", "/health"), live: http("metrics", "/health") },
      resources: { requests: { cpu: "10m", memory: "24Mi" }, limits: { cpu: "100m", memory: "64Mi" } },
    };
  }

  #answers(pattern: string) {
    const password = secretFile(this.#secret, "password");
    return exec("sh", "-c", `REDISCLI_AUTH="$(cat ${password})" redis-cli ping 2>&1 | grep -Eq '${pattern}'`);
  }
}

/** redis.conf: everything is appended to a file, and a full memory refuses writes rather than forgetting keys. */
function redisConf({ resources }: RedisArgs, accessList: string): string {
  const maxMemory = Math.floor(bytesOf(resources.limits.memory) * 0.75);
  return [
    `port ${PORT}`,
    "dir /data",
    `aclfile ${accessList}`,
    "appendonly yes",
    "appendfsync everysec",
    `maxmemory ${maxMemory}`,
    "maxmemory-policy noeviction",
    "",
  ].join("\n");
}
