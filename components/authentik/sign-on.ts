import { AUTHENTIK_ADMINS, type Config } from "@homeslice/config";
import * as authentik from "@homeslice/provider";
import * as pulumi from "@pulumi/pulumi";
import {
  type Access,
  Component,
  type Declaration,
  type Environment,
  objectName,
  type SecretRef,
} from "../kit/index.ts";
import { admittedGroups, allGroups } from "./admission.ts";
import type { AuthentikLink } from "./authentik.ts";
import { applicationOf, clientLink, type LoginLink, skippedPaths } from "./client.ts";
import { refuseGuesses } from "./guessing.ts";
import { Lookups } from "./lookups.ts";
import { type ReaderLink, reader } from "./reader.ts";

export interface SignOnArgs {
  readonly authentik: AuthentikLink;
  readonly api: Config["authentik"]["api"];
  readonly passwordLength: number;
  /** From how many on an address or a name is refused; 0 is never. */
  readonly failedLogins: number;
  /** PEM of the authority to trust, where the platform has one of its own. */
  readonly certificateAuthority?: pulumi.Output<string> | undefined;
}

/** A client that its service has to be told of. */
interface Client {
  readonly secret: SecretRef<"clientSecret">;
  readonly application: pulumi.Resource;
}

/**
 * What the services of the catalogue want of Authentik: an application for each that people log in to, open to the groups
 * of its role, and the groups themselves. Groups stay when this goes, for people are in them.
 */
export class SignOn extends Component {
  readonly #args: SignOnArgs;
  readonly #options: pulumi.CustomResourceOptions & { readonly provider: authentik.Provider };
  readonly #lookups: Lookups;
  readonly #groups: ReadonlyMap<string, pulumi.Output<string>>;
  readonly #clients = new Map<string, Client>();

  constructor(name: string, args: SignOnArgs, environment: Environment) {
    super("SignOn", name, environment);
    const { ready, peer } = args.authentik;
    this.#args = args;
    const provider = this.#connect();
    this.#lookups = new Lookups({ parent: this, provider, dependsOn: [...ready] });
    const dependsOn = this.#lookups.afterStart([...ready]);
    // Its database goes with the namespace: what is in it needs no deletion then, and no Authentik that would do it.
    this.#options = { parent: this, provider, dependsOn, deletedWith: peer.namespace.resource };
    this.#groups = this.#createGroups();
    for (const [service, { title, web }] of Object.entries<Declaration>(environment.catalogue)) {
      if (web?.access.by === "forward") this.#protect(service, { title, web, access: web.access });
      if (web?.access.by === "oidc") this.#register(service, { title, web, access: web.access });
    }
    this.#createPolicyAndBrand(args.passwordLength);
    const { failedLogins } = args;
    if (failedLogins > 0) refuseGuesses(name, { failedLogins, loginFlow: this.#lookups.loginFlow() }, this.#options);
    this.registerOutputs({});
  }

  /** What a service needs to log people in by itself; its declaration has to say so. */
  login(service: string): LoginLink {
    const client = this.#clients.get(service);
    if (!client) throw new Error(`the declaration of "${service}" does not ask for a login by OpenID Connect`);
    return clientLink(service, this.#args.authentik, client.secret, [client.application]);
  }

  /** A token that reads how many people there are and how often they log in, and nothing else. */
  reader(user: string): ReaderLink {
    const token = reader(`${this.name}-${user}`, user, this.#options);
    const secret = this.secret(`${user}-token`, { token: token.key }, { protect: false });
    return { ...this.#args.authentik, settings: {}, secret, ready: [...this.#args.authentik.ready, token] };
  }

  /** By default through the cluster: that works before any name leads to the edge. */
  #connect(): authentik.Provider {
    const { authentik: link, api, certificateAuthority } = this.#args;
    const { peer, port } = link;
    const token = api.token ?? link.secret.values["bootstrap-token"];
    const inCluster = { ...this.environment.cluster, namespace: peer.namespace.name, service: peer.name, port };
    const trust = certificateAuthority && { caCert: certificateAuthority };
    const way = api.address ? { url: api.address, ...trust } : inCluster;
    return new authentik.Provider(`${this.name}-authentik`, { ...way, token }, { parent: this });
  }

  #createGroups(): ReadonlyMap<string, pulumi.Output<string>> {
    const options = { ...this.#options, retainOnDelete: true };
    return new Map(
      allGroups(this.environment.config.access).map((group) => {
        if (group === AUTHENTIK_ADMINS) return [group, this.#lookups.group(group)];
        const label = `${this.name}-group-${objectName(group)}`;
        return [group, new authentik.Group(label, { name: group, adopt: true }, options).id];
      }),
    );
  }

  /** For a service without a login: Authentik's own proxy answers the edge for it. */
  #protect(service: string, { access, ...declared }: Accessible): void {
    const provider = new authentik.ProxyProvider(
      `${this.name}-${service}-proxy`,
      {
        ...this.#lookups.flows(),
        name: service,
        externalHost: this.#address(service),
        skipPathRegex: skippedPaths(declared.web.health),
      },
      this.#options,
    );
    const application = this.#apply(service, { access, ...declared }, provider.providerId);
    new authentik.OutpostAttachment(
      `${this.name}-${service}-attachment`,
      { provider: provider.providerId, authentikHost: pulumi.interpolate`${this.#args.authentik.settings.publicUrl}/` },
      { ...this.#options, dependsOn: [application] },
    );
  }

  /** For a service that logs people in itself: a client with a secret. */
  #register(service: string, declared: Registered): void {
    const provider = new authentik.OAuth2Provider(
      `${this.name}-${service}-client`,
      {
        ...this.#lookups.flows(),
        name: service,
        clientId: service,
        propertyMappings: this.#lookups.scopes(),
        signingKey: this.#lookups.signingKey(),
        ...this.#addresses(service, declared),
      },
      this.#options,
    );
    const application = this.#apply(service, declared, provider.providerId);
    const { clientSecret } = provider;
    const secret = this.secret(`${service}-client`, { clientSecret }, { protect: false });
    this.#clients.set(service, { application, secret });
  }

  /** Where people are sent after login and logout, and where the service is told of logouts: inside the cluster. */
  #addresses(service: string, { web, access }: Registered) {
    const { callback, loggedOut, logout } = access;
    const at = (path: string) => `${this.#address(service)}${path}`;
    return {
      redirectUris: [
        { url: at(callback) },
        ...(loggedOut ? [{ url: at(loggedOut), redirectUriType: "logout" as const }] : []),
      ],
      ...(logout && { logoutUri: pulumi.interpolate`${this.environment.endpoint(service, web.port).url}${logout}` }),
    };
  }

  #apply(service: string, { title, web, access }: Accessible, provider: pulumi.Output<number>): pulumi.Resource {
    const admitted = admittedGroups(service, access, this.environment.config.access);
    const groups = admitted.flatMap((group) => this.#groups.get(group) ?? []);
    const args = applicationOf({ slug: service, title, tile: web.tile, address: this.#address(service) });
    return new authentik.Application(
      `${this.name}-${service}-application`,
      { ...args, provider, groups },
      this.#options,
    );
  }

  #createPolicyAndBrand(lengthMin: number): void {
    const promptStages = [this.#lookups.passwordPrompt()];
    const policy = { name: "homeslice-passwords", promptStages, lengthMin };
    new authentik.PasswordPolicy(`${this.name}-passwords`, policy, this.#options);
    new authentik.Brand(`${this.name}-brand`, { brandingTitle: "Homeslice" }, this.#options);
  }

  #address(service: string): string {
    return `https://${this.environment.host(service)}`;
  }
}

/** A declaration of a service that not everybody may use. */
interface Accessible {
  readonly title: string;
  readonly web: NonNullable<Declaration["web"]>;
  readonly access: Exclude<Access, { by: "everyone" }>;
}

/** A declaration of a service that logs people in itself. */
type Registered = Accessible & { readonly access: Extract<Access, { by: "oidc" }> };
