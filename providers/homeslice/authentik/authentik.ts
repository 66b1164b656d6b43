import { CoreApi } from "@goauthentik/api/dist/apis/CoreApi.js";
import { CryptoApi } from "@goauthentik/api/dist/apis/CryptoApi.js";
import { FlowsApi } from "@goauthentik/api/dist/apis/FlowsApi.js";
import { OutpostsApi } from "@goauthentik/api/dist/apis/OutpostsApi.js";
import { PoliciesApi } from "@goauthentik/api/dist/apis/PoliciesApi.js";
import { PropertymappingsApi } from "@goauthentik/api/dist/apis/PropertymappingsApi.js";
import { ProvidersApi } from "@goauthentik/api/dist/apis/ProvidersApi.js";
import { RbacApi } from "@goauthentik/api/dist/apis/RbacApi.js";
import { StagesApi } from "@goauthentik/api/dist/apis/StagesApi.js";
import { Configuration } from "@goauthentik/api/dist/runtime.js";
import { type Clock, realClock } from "../http/clock.ts";
import { Transport, type TransportSettings } from "../http/transport.ts";
import { Mutex } from "./mutex.ts";

/** Where Authentik is, and who asks. */
export interface AuthentikSettings extends TransportSettings {
  /** Address with scheme, without the path of the API: `https://auth.example.org`. */
  readonly url: string;
  readonly token: string;
}

/** The API of one Authentik server: the generated client, over a transport that survives what servers do. */
export class Authentik {
  readonly core: CoreApi;
  readonly crypto: CryptoApi;
  readonly flows: FlowsApi;
  readonly outposts: OutpostsApi;
  readonly policies: PoliciesApi;
  readonly mappings: PropertymappingsApi;
  readonly providers: ProvidersApi;
  readonly rbac: RbacApi;
  readonly stages: StagesApi;
  /** Lets one writer at a time read, change and write back a list that several resources have entries in. */
  readonly mutex = new Mutex();
  readonly #transport: Transport;

  constructor({ url, token, ...settings }: AuthentikSettings, clock: Clock = realClock) {
    this.#transport = new Transport(settings, clock);
    const configuration = new Configuration({
      basePath: `${url.replace(/\/+$/, "")}/api/v3`,
      accessToken: token,
      fetchApi: this.#transport.fetch,
      middleware: [{ onError: rethrow }],
    });
    this.core = new CoreApi(configuration);
    this.crypto = new CryptoApi(configuration);
    this.flows = new FlowsApi(configuration);
    this.outposts = new OutpostsApi(configuration);
    this.policies = new PoliciesApi(configuration);
    this.mappings = new PropertymappingsApi(configuration);
    this.providers = new ProvidersApi(configuration);
    this.rbac = new RbacApi(configuration);
    this.stages = new StagesApi(configuration);
  }

  /** Ends all requests under way. */
  cancel(): void {
    this.#transport.cancel();
  }

  /** Closes the kept connections. */
  close(): Promise<void> {
    return this.#transport.close();
  }
}

/** Keeps the generated client from wrapping the errors of the transport, which say all there is to say. */
function rethrow({ error }: { error: unknown }): never {
  throw error;
}
