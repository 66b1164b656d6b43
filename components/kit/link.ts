import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "./labels.ts";
import type { Namespace } from "./namespace.ts";
import type { SecretRef } from "./secrets.ts";

/** The pods at one end of a connection. */
export interface Peer {
  /** Name in policies: `postgresql`. */
  readonly name: string;
  readonly namespace: Namespace;
  readonly selector: Labels;
}

/** Pods to reach, and the port at which they listen. */
export interface Endpoint {
  readonly peer: Peer;
  readonly port: number;
}

/**
 * What a service offers to others: how to reach it and with which secret. Whoever uses it gets the settings, the secret's
 * files, the opening in the network, and its place in the order.
 */
export interface Link<Setting extends string = string, Key extends string = string> extends Endpoint {
  readonly settings: Readonly<Record<Setting, pulumi.Input<string>>>;
  readonly secret: SecretRef<Key>;
  /** What has to stand before a user of the link may start. */
  readonly ready: readonly pulumi.Resource[];
}

/** A link together with the environment variables through which a program learns of it. */
export interface Use {
  readonly link: Link;
  /** Environment variables by setting; the value is the setting's. */
  readonly settings: Readonly<Record<string, string>>;
  /** Environment variables by key of the secret; the value names the key's file. */
  readonly files: Readonly<Record<string, string>>;
  /** How the program wants a file named, given its path. */
  readonly named: (path: string) => string;
}

/**
 * Says in which environment variables a program expects the settings of a link, and in which the paths of its secrets.
 * @param named how the program wants a file named, given its path; default: by the path itself.
 * @example use(database, { host: "PGHOST", … }, { password: "PGPASSWORD_FILE" })
 */
export function use<Setting extends string, Key extends string>(
  link: Link<Setting, Key>,
  settings: Readonly<Record<NoInfer<Setting>, string>>,
  files: Readonly<Record<NoInfer<Key>, string>>,
  named: Use["named"] = (path) => path,
): Use {
  return { link, settings, files, named };
}
