import * as authentik from "@homeslice/provider";
import type * as pulumi from "@pulumi/pulumi";

/** What comes with Authentik and everything else is built from: ids of flows, scopes, stages and groups. */
export class Lookups {
  readonly #options: pulumi.InvokeOutputOptions;
  readonly #ready: pulumi.Output<boolean>;

  /** @param options the connection, and the workloads that have to run before anything can be looked up */
  constructor(options: pulumi.InvokeOutputOptions) {
    this.#options = options;
    this.#ready = authentik.waitReady({}, options).ready;
  }

  /** The flows by which people agree to a login, and end it. */
  flows() {
    return {
      authorizationFlow: this.#flow("default-provider-authorization-implicit-consent"),
      invalidationFlow: this.#flow("default-provider-invalidation-flow"),
    };
  }

  /** What a client learns about people: who they are, their address, their groups, and all that while they are away. */
  scopes(): pulumi.Output<string>[] {
    return ["openid", "email", "profile", "offline_access"].map(
      (scope) => authentik.getScopeMapping({ scope: this.#once(scope) }, this.#options).id,
    );
  }

  /** The key pair that tokens are signed with. */
  signingKey(): pulumi.Output<string> {
    return authentik.getCertificate({ name: this.#once("authentik Self-signed Certificate") }, this.#options).id;
  }

  /** The prompt at which people choose a new password. */
  passwordPrompt(): pulumi.Output<string> {
    return authentik.getStage({ name: this.#once("default-password-change-prompt") }, this.#options).id;
  }

  group(name: string): pulumi.Output<string> {
    return authentik.getGroup({ name: this.#once(name) }, this.#options).id;
  }

  #flow(slug: string): pulumi.Output<string> {
    return authentik.getFlow({ slug: this.#once(slug) }, this.#options).id;
  }

  /** The name, once the first start has finished. */
  #once(name: string): pulumi.Output<string> {
    return this.#ready.apply(() => name);
  }
}
