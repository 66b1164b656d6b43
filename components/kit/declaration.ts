import type { Role } from "@homeslice/config";

/**
 * What a service says of itself, once: its entry in the catalogue. Route, certificate, sign-on, tile, scrape target,
 * probe, network openings and backup follow from it.
 */
export interface Declaration {
  /** Name for people: "Grafana". */
  readonly title: string;
  /** Purpose of the namespace that it runs in, where it has one of its own; left out, it runs in the platform's. */
  readonly namespace?: string;
  /** How people reach it; left out, it has no page of its own. */
  readonly web?: Web;
  /** Its tile on the home page, where it has none with a page. */
  readonly status?: Status;
  /** Where Prometheus scrapes it; left out, it has no metrics. */
  readonly metrics?: Metrics;
  /** What a backup of it holds; left out, it keeps nothing. */
  readonly backup?: Backup;
}

export interface Web {
  /** Name under the domain: `grafana` becomes grafana.home.example.org; an empty one is the domain itself. */
  readonly host: string;
  /** Port of the container that serves it. */
  readonly port: number;
  readonly access: Access;
  /** Path that answers 2xx without a login, for probes from outside. Default `/`. */
  readonly health?: string;
  /** Paths at which passwords or codes are tried: the edge lets few attempts through. */
  readonly logins?: readonly string[];
  /** Its tile on the home page; left out, it has none. */
  readonly tile?: Tile;
}

/** Who may use a service, as the lowest role that may (`access.roles` in the configuration), and who sees to that. */
export type Access =
  /** Whoever reaches it. */
  | { readonly by: "everyone" }
  /** The edge asks Authentik before every request: for services without a login of their own. */
  | { readonly by: "forward"; readonly role: Role }
  /** It logs people in itself, as an OpenID Connect client of Authentik. */
  | {
      readonly by: "oidc";
      readonly role: Role;
      /** Path that Authentik sends people back to. */
      readonly callback: string;
      /** Path that Authentik sends people to who have logged out. */
      readonly loggedOut?: string;
      /** Path at which Authentik itself tells the service whose sessions are over (back-channel logout). */
      readonly logout?: string;
    };

export interface Tile {
  readonly group: string;
  /** Icon by the name that Homepage knows: `grafana.svg`. */
  readonly icon: string;
  readonly description: string;
  /** What is shown below it, as Prometheus measures it. */
  readonly numbers?: readonly TileNumber[];
}

/** What the home page shows of a service without a page of its own. */
export interface Status {
  readonly tile: Tile;
  /** Where it answers 2xx as long as it is well: inside the cluster. */
  readonly port: number;
  readonly path: string;
  /** The dashboard that the tile leads to, where Grafana runs. */
  readonly dashboard: string;
}

export interface TileNumber {
  readonly label: string;
  /** In PromQL; one value. */
  readonly query: string;
  /** How the value is written. Default `number`. */
  readonly format?: "number" | "percent" | "bytes" | "duration";
}

export interface Metrics {
  readonly port: number;
  /** Default `/metrics`. */
  readonly path?: string;
}

export interface Backup {
  /** Databases of the platform's PostgreSQL. */
  readonly databases?: readonly string[];
  /** The volume of the service's one instance, file by file as it stands; `user` is the owner of the files. */
  readonly volume?: { readonly user?: number };
}

/** Every service of an environment, by the name of its component. */
export type Catalogue = Readonly<Record<string, Declaration>>;
