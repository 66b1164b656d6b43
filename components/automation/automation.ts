import type { Config } from "@homeslice/config";
import { AnyDefinition, type Definitions, OrchestratorConnection, plannedDefinitions } from "@homeslice/provider";
import type * as pulumi from "@pulumi/pulumi";
import { Component, type Environment } from "../kit/index.ts";
import type { OrchestratorApi } from "../orchestrator/orchestrator.ts";

export type AutomationArgs = Config["automation"] & {
  readonly orchestrator: OrchestratorApi;
  /** PEM of the authority to trust, where the platform has one of its own. */
  readonly certificateAuthority?: pulumi.Output<string> | undefined;
  /** What is defined in code, besides what the files say. */
  readonly code?: Definitions;
};

/**
 * What the orchestrator of a stack does by itself: actions, workflows, schedules, hooks, rules and channels, of files and of
 * code. Each is a resource: a preview shows what would change, a refresh what somebody changed by the API.
 */
export class Automation extends Component {
  readonly #args: AutomationArgs;

  constructor(name: string, args: AutomationArgs, environment: Environment) {
    super("Automation", name, environment);
    this.#args = args;
    const planned = plannedDefinitions(args.definitions, args.code);
    if (planned.length > 0) this.#define(planned);
    this.registerOutputs({});
  }

  #define(planned: ReturnType<typeof plannedDefinitions>): void {
    const { peer, ready } = this.#args.orchestrator;
    const provider = this.#connect();
    const made = new Map<string, pulumi.Resource>();
    for (const { kind, name, spec, needs } of planned) {
      const needed = needs.flatMap((key) => made.get(key) ?? []);
      // Its database goes with the namespace: what is in it needs no deletion then, and no orchestrator that would do it.
      const options = { parent: this, provider, deletedWith: peer.namespace.resource };
      const dependsOn = [...ready, ...needed];
      const label = `${this.name}-${kind}-${name}`;
      made.set(`${kind} ${name}`, new AnyDefinition(kind, label, { ...spec, name }, { ...options, dependsOn }));
    }
  }

  /** By default through the cluster: that works before any name leads to the edge. */
  #connect(): OrchestratorConnection {
    const { orchestrator, address, certificateAuthority } = this.#args;
    const { peer, port, secret } = orchestrator;
    const inCluster = { ...this.environment.cluster, namespace: peer.namespace.name, service: peer.name, port };
    const trust = certificateAuthority && { caCert: certificateAuthority };
    const way = address ? { url: address, ...trust } : inCluster;
    return new OrchestratorConnection(
      `${this.name}-orchestrator`,
      { ...way, key: secret.values.key },
      { parent: this },
    );
  }
}
