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
import { Lookups } from "./lookups.ts";
import { type ReaderLink, reader } from "./reader.ts";

export interface SignOnArgs {
  readonly authentik: AuthentikLink;
  readonly api: Config["authentik"]["api"];
  readonly passwordLength: number;
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
    const { ready } = args.authentik;
    this.#args = args;
    const provider = this.#connect();
    this.#options = { parent: this, provider, dependsOn: [...ready] };
    this.#lookups = new Lookups({ parent: this, provider, dependsOn: [...ready] });
    this.#groups = this.#createGroups();
    for (const [service, { title, web }] of Object.entries<Declaration>(environment.catalogue)) {
      if (web?.access.by === "forward") this.#protect(service, { title, web, access: web.access });
      if (web?.access.by === "oidc") this.#register(service, { title, web, access: web.access });
    }
    this.#createPolicyAndBrand(args.passwordLength);
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

  #connect(): authentik.Provider {
    const { authentik: link, api, certificateAuthority } = this.#args;
    const url = api.address ?? link.settings.publicUrl;
    const token = api.token ?? link.secret.values["bootstrap-token"];
    const trust = certificateAuthority && { caCert: certificateAuthority };
    return new authentik.Provider(`${this.name}-authentik`, { url, token, ...trust }, { parent: this });
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
  #register(service: string, declared: Accessible & { readonly access: Extract<Access, { by: "oidc" }> }): void {
    const provider = new authentik.OAuth2Provider(
      `${this.name}-${service}-client`,
      {
        ...this.#lookups.flows(),
        name: service,
        clientId: service,
        propertyMappings: this.#lookups.scopes(),
        signingKey: this.#lookups.signingKey(),
        redirectUris: [{ url: `${this.#address(service)}${declared.access.callback}` }],
      },
      this.#options,
    );
    const application = this.#apply(service, declared, provider.providerId);
    const { clientSecret } = provider;
    const secret = this.secret(`${service}-client`, { clientSecret }, { protect: false });
    this.#clients.set(service, { application, secret });
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
