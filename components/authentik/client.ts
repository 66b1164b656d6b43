import * as pulumi from "@pulumi/pulumi";
import type { Link, SecretRef, Tile } from "../kit/index.ts";
import type { AuthentikLink } from "./authentik.ts";

/** How a service logs people in: the first two addresses are for browsers and tokens, the rest for the service itself. */
export type LoginLink = Link<
  "issuer" | "authorizeUrl" | "tokenUrl" | "userinfoUrl" | "endSessionUrl" | "clientId",
  "clientSecret"
>;

/** The addresses of Authentik for one application; what the service itself asks, it asks inside the cluster. */
export function clientLink(
  slug: string,
  { peer, port, ready, settings: { url, publicUrl } }: AuthentikLink,
  secret: SecretRef<"clientSecret">,
  registered: readonly pulumi.Resource[],
): LoginLink {
  const applications = "application/o";
  return {
    peer,
    port,
    secret,
    settings: {
      issuer: pulumi.interpolate`${publicUrl}/${applications}/${slug}/`,
      authorizeUrl: pulumi.interpolate`${publicUrl}/${applications}/authorize/`,
      endSessionUrl: pulumi.interpolate`${publicUrl}/${applications}/${slug}/end-session/`,
      tokenUrl: pulumi.interpolate`${url}/${applications}/token/`,
      userinfoUrl: pulumi.interpolate`${url}/${applications}/userinfo/`,
      clientId: slug,
    },
    ready: [...ready, ...registered],
  };
}

/** An application as people see it in Authentik. */
export function applicationOf(service: {
  readonly slug: string;
  readonly title: string;
  readonly tile: Tile | undefined;
  readonly address: string;
}) {
  const { slug, title, tile, address } = service;
  return {
    slug,
    name: title,
    metaLaunchUrl: address,
    ...(tile && { group: tile.group, metaDescription: tile.description }),
  };
}

/** The regular expression of what needs no login: the page that says whether the service is well, if it has its own. */
export function skippedPaths(health = "/"): string {
  return health === "/" ? "" : `^${health.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
}
