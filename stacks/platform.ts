import {
  Agents,
  Automation,
  Backup,
  Environment,
  Homepage,
  Orchestrator,
  PostgreSQL,
  Redis,
} from "@homeslice/components";
import type { Colour, Config, EnvironmentName } from "@homeslice/config";
import type { Output } from "@pulumi/pulumi";
import { catalogueOf } from "./catalogue.ts";
import { createEdge, type EdgeOutputs } from "./edge.ts";
import { createSignOn, orchestratorLogin } from "./identity.ts";
import { createObservability } from "./observability.ts";
import { createUserServices } from "./services.ts";

/** What a deployed stack tells its operator. */
export interface PlatformOutputs {
  readonly environment: EnvironmentName;
  readonly namespaces: { readonly platform: Output<string>; readonly agents: Output<string> };
  readonly orchestrator: {
    /** Address inside the cluster: http://host:port. */
    readonly address: Output<string>;
    /** Address for people, under the domain. */
    readonly publicUrl: string;
    /** The colour that serves, and its image. */
    readonly active: Colour;
    readonly image: Output<string>;
  };
  readonly edge: EdgeOutputs;
}

/** The whole platform of one environment; dev and prod differ by nothing but their configuration. */
export function platform(config: Config): PlatformOutputs {
  const environment = new Environment(config, catalogueOf(config));
  const edge = createEdge(config, environment);

  const postgresql = new PostgreSQL("postgresql", config.postgresql, environment);
  const redis = new Redis("redis", config.redis, environment);
  const signOn = createSignOn(config, environment, postgresql, edge.outputs.certificateAuthority);

  const orchestrator = new Orchestrator(
    "orchestrator",
    {
      ...config.orchestrator,
      host: environment.host("orchestrator"),
      trustedProxies: config.authentik.trustedProxies,
      database: postgresql.database("orchestrator"),
      bus: redis.link(),
      login: orchestratorLogin(environment, signOn, edge),
    },
    environment,
  );
  const { certificateAuthority } = edge.outputs;
  if (config.automation.definitions) {
    const api = orchestrator.api();
    new Automation("automation", { ...config.automation, orchestrator: api, certificateAuthority }, environment);
  }
  const agents = new Agents("agent", { ...config.agent, orchestrator: orchestrator.link() }, environment);

  createObservability(config, environment, postgresql, signOn, certificateAuthority);

  if (config.homepage.enabled) {
    new Homepage("homepage", { ...config.homepage, authentik: signOn?.reader("homepage") }, environment);
  }
  createUserServices(config, environment, { postgresql, redis });
  edge.publish();

  // The last, so that it finds every database.
  if (config.backup.enabled) {
    const { databases } = postgresql;
    new Backup("backup", { ...config.backup, databases, reader: postgresql.reader("backup") }, environment);
  }

  return {
    environment: config.environment,
    namespaces: { platform: environment.platform.name, agents: agents.namespace.name },
    orchestrator: {
      address: orchestrator.address,
      publicUrl: orchestrator.publicUrl,
      active: orchestrator.active,
      image: orchestrator.image(orchestrator.active),
    },
    edge: edge.outputs,
  };
}
