import type { Endpoint, Environment } from "../kit/index.ts";
import type { Shown, Widget } from "./services.ts";

/** Milliseconds between two looks at the numbers of a tile: nobody reads faster. */
const REFRESH = 30_000;

/** The variable by which Homepage finds the file with its token for Authentik. */
export const AUTHENTIK_TOKEN = "HOMEPAGE_FILE_AUTHENTIK_TOKEN";

/** The kinds of widgets that an environment has, and where they get their numbers: inside the cluster. */
export class Widgets {
  readonly #prometheus: ReturnType<Environment["endpoint"]> | undefined;
  readonly #authentik: ReturnType<Environment["endpoint"]> | undefined;

  /** @param withToken whether Homepage has a token for Authentik */
  constructor(environment: Environment, withToken: boolean) {
    const endpoint = (name: string) => {
      const port = environment.catalogue[name]?.web?.port;
      return port === undefined ? undefined : environment.endpoint(name, port);
    };
    this.#prometheus = endpoint("prometheus");
    this.#authentik = withToken ? endpoint("authentik") : undefined;
  }

  /** What the numbers come from, beside the services themselves. */
  get sources(): Endpoint[] {
    return [this.#prometheus, this.#authentik].filter((endpoint) => endpoint !== undefined);
  }

  /** What is shown below the tile of a service; undefined when there is nothing to show. */
  of({ name, tile }: Shown): Widget | undefined {
    if (name === "authentik" && this.#authentik) {
      return { type: "authentik", version: 2, url: this.#authentik.url, key: `{{${AUTHENTIK_TOKEN}}}` };
    }
    if (!tile.numbers || !this.#prometheus) return undefined;
    const metrics = tile.numbers.map(({ format = "number", ...number }) => ({ ...number, format: { type: format } }));
    return { type: "prometheusmetric", url: this.#prometheus.url, refreshInterval: REFRESH, metrics };
  }
}
