import type { Config } from "@homeslice/config";
import type * as kubernetes from "@pulumi/kubernetes";
import { Component, daemonSet, type Environment, http, scratch, type Transform, use } from "../kit/index.ts";
import type { OrchestratorLink } from "../orchestrator/orchestrator.ts";
import { hostAccess } from "./host-access.ts";

export type AgentsArgs = Config["agent"] & {
  readonly orchestrator: OrchestratorLink;
  readonly transform?: { readonly daemonSet?: Transform<kubernetes.apps.v1.DaemonSetArgs> };
};

const PORT = 8081;
/** Where the agent keeps its key and its journal. */
const STATE = "/var/lib/homeslice";
const POLICY = "/etc/homeslice";

/** An agent on every node, in a namespace of its own with no more rights than its access to the node needs. */
export class Agents extends Component {
  constructor(name: string, args: AgentsArgs, environment: Environment) {
    const image = environment.image("agent");
    const access = hostAccess(args.hostAccess, STATE, image);
    super("Agents", name, environment, environment.namespace("agents", access.podSecurity));
    daemonSet(this, {
      container: {
        image,
        env: {
          HOMESLICE_HOST: "0.0.0.0",
          HOMESLICE_PORT: `${PORT}`,
          HOMESLICE_STATE_DIR: STATE,
          HOMESLICE_POLICY_FILE: `${POLICY}/policy.yaml`,
          // The container takes its processes with it: they end in order instead of getting lost.
          HOMESLICE_STOP_JOBS_ON_EXIT: "true",
        },
        fields: { HOMESLICE_NODE_NAME: "spec.nodeName" },
        ports: { http: PORT },
        mounts: [
          this.files("policy", POLICY, { "policy.yaml": JSON.stringify({ commands: args.allowedCommands }) }),
          scratch("/tmp"),
          ...access.mounts,
        ],
        health: { ready: http("http", "/readyz"), live: http("http", "/healthz") },
        resources: args.resources,
        security: access.security,
      },
      before: access.before,
      spec: access.spec,
      uses: [
        use(args.orchestrator, { url: "HOMESLICE_ORCHESTRATOR_URL" }, { enrolment: "HOMESLICE_ENROLMENT_TOKEN_FILE" }),
      ],
      transform: args.transform?.daemonSet,
    });
    this.registerOutputs({});
  }
}
