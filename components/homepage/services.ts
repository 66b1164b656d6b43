import * as pulumi from "@pulumi/pulumi";
import type { Declaration, Endpoint, Environment, Tile } from "../kit/index.ts";

/** A service with its tile, as the home page shows it. */
export interface Shown {
  readonly name: string;
  readonly title: string;
  readonly tile: Tile;
  /** Address for people. */
  readonly href: string;
  readonly endpoint: Endpoint;
  /** Address inside the cluster that answers as long as the service is well. */
  readonly monitor: pulumi.Output<string>;
}

/** What Homepage shows below a tile; the fields are those of the kind of widget. */
export type Widget = Readonly<Record<string, unknown>>;

/** The services of the catalogue that have a tile, in its order. */
export function shownServices(environment: Environment): Shown[] {
  return Object.entries(environment.catalogue).flatMap(([name, { title, web }]: [string, Declaration]) => {
    if (!web?.tile) return [];
    const endpoint = environment.endpoint(name, web.port);
    const monitor = pulumi.interpolate`${endpoint.url}${web.health ?? "/"}`;
    return [{ name, title, tile: web.tile, href: `https://${environment.host(name)}`, endpoint, monitor }];
  });
}

/** The headings of the page, in the order in which the services name them. */
export function headings(services: readonly Shown[]): string[] {
  return [...new Set(services.map(({ tile }) => tile.group))];
}

/** services.yaml: the tiles under their headings. */
export function serviceList(services: readonly Shown[], widgetOf: (service: Shown) => Widget | undefined) {
  return headings(services).map((heading) => ({
    [heading]: services
      .filter(({ tile }) => tile.group === heading)
      .map((service) => ({ [service.title]: entry(service, widgetOf(service)) })),
  }));
}

function entry({ tile, href, monitor }: Shown, widget: Widget | undefined) {
  const { icon, description } = tile;
  return { icon, href, description, siteMonitor: monitor, ...(widget && { widget }) };
}
