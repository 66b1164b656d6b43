import type { Config } from "@homeslice/config";
import type * as kubernetes from "@pulumi/kubernetes";
import type { ReaderLink } from "../authentik/reader.ts";
import { Component, deployment, type Environment, http, scratch, type Transform, use } from "../kit/index.ts";
import { discovery } from "./discovery.ts";
import { configurationFiles } from "./files.ts";
import { shownServices } from "./services.ts";
import { AUTHENTIK_TOKEN, Widgets } from "./widgets.ts";

export type HomepageArgs = Config["homepage"] & {
  /** What it may see of Authentik. Default: nothing. */
  readonly authentik?: ReaderLink | undefined;
  readonly transform?: { readonly deployment?: Transform<kubernetes.apps.v1.DeploymentArgs> };
};

const PORT = 3000;
/** The user that the official image was made for. */
const IMAGE_USER = 1000;
const CONFIG = "/app/config";

/** The home page: a tile for each service of the catalogue. It keeps nothing, and has no login of its own. */
export class Homepage extends Component {
  constructor(name: string, args: HomepageArgs, environment: Environment) {
    super("Homepage", name, environment);
    const services = shownServices(environment);
    const widgets = new Widgets(environment, args.authentik !== undefined);
    const { mounts = [], ...reach } = args.discovery ? discovery(this) : {};
    const healthy = http("http", "/api/healthcheck", `localhost:${PORT}`);
    deployment(this, {
      ...reach,
      replicas: args.replicas,
      user: IMAGE_USER,
      container: {
        image: environment.image("homepage"),
        fields: { POD_IP: "status.podIP" },
        env: {
          // Kubernetes sets this to the name of the pod, and the server would listen on that address alone.
          HOSTNAME: "::",
          LOG_TARGETS: "stdout",
          HOMEPAGE_ALLOWED_HOSTS: [environment.host(name), `$(POD_IP):${PORT}`].join(","),
        },
        ports: { http: PORT },
        mounts: [
          ...this.filesBeside("config", CONFIG, configurationFiles(args, services, widgets)),
          scratch(`${CONFIG}/logs`),
          scratch("/app/.next/cache"),
          scratch("/tmp"),
          ...mounts,
        ],
        health: { ready: healthy, live: healthy },
        resources: args.resources,
      },
      uses: args.authentik ? [use(args.authentik, {}, { token: AUTHENTIK_TOKEN })] : [],
      reaches: [...services.map(({ endpoint }) => endpoint), ...widgets.sources],
      transform: args.transform?.deployment,
    });
    this.registerOutputs({});
  }
}
