import * as authentik from "@homeslice/provider";
import type * as pulumi from "@pulumi/pulumi";

/** What comes with Authentik and everything else is built from: ids of flows, scopes, stages and groups. */
export class Lookups {
  readonly #options: pulumi.InvokeOutputOptions;
  readonly #started: pulumi.Output<boolean>;

  /** @param options the connection, and the workloads that have to run before anything can be looked up */
  constructor(options: pulumi.InvokeOutputOptions) {
    this.#options = options;
    this.#started = authentik.waitReady({}, options).ready;
  }

  /** The same, once the first start has finished: what is made before it, it would stumble over. */
  afterStart<T>(value: T): pulumi.Output<T> {
    return this.#started.apply(() => value);
  }

  /** The flows by which people agree to a login, and end it: in Authentik too, and so in all services at once. */
  flows() {
    return {
      authorizationFlow: this.#flow("default-provider-authorization-implicit-consent"),
      invalidationFlow: this.#flow("default-invalidation-flow"),
    };
  }

  /** The flow by which people log in. */
  loginFlow(): pulumi.Output<string> {
    return this.#flow("default-authentication-flow");
  }

  /** What a client learns about people: who they are, their address, their groups, and all that while they are away. */
  scopes(): pulumi.Output<string>[] {
    return ["openid", "email", "profile", "offline_access"].map(
      (scope) => authentik.getScopeMapping({ scope: this.afterStart(scope) }, this.#options).id,
    );
  }

  /** The key pair that tokens are signed with. */
  signingKey(): pulumi.Output<string> {
    return authentik.getCertificate({ name: this.afterStart("authentik Self-signed Certificate") }, this.#options).id;
  }

  /** The prompt at which people choose a new password. */
  passwordPrompt(): pulumi.Output<string> {
    return authentik.getStage({ name: this.afterStart("default-password-change-prompt") }, this.#options).id;
  }

  group(name: string): pulumi.Output<string> {
    return authentik.getGroup({ name: this.afterStart(name) }, this.#options).id;
  }

  #flow(slug: string): pulumi.Output<string> {
    return authentik.getFlow({ slug: this.afterStart(slug) }, this.#options).id;
  }
}
