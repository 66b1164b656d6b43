import * as pulumi from "@pulumi/pulumi";
import type { Declaration, Endpoint, Environment, Status, Tile } from "../kit/index.ts";

/** A service with its tile, as the home page shows it. */
export interface Shown {
  readonly name: string;
  readonly title: string;
  readonly tile: Tile;
  /** Address for people; undefined for what has none. */
  readonly href: string | undefined;
  readonly endpoint: Endpoint;
  /** Address inside the cluster that answers as long as the service is well. */
  readonly monitor: pulumi.Output<string>;
}

/** What Homepage shows below a tile; the fields are those of the kind of widget. */
export type Widget = Readonly<Record<string, unknown>>;

/** The services of the catalogue that have a tile, in its order. */
export function shownServices(environment: Environment): Shown[] {
  const { catalogue } = environment;
  const shown = (name: string, title: string, { tile, port, path }: Omit<Status, "dashboard">, href?: string) => {
    const endpoint = environment.endpoint(name, port);
    return { name, title, tile, href, endpoint, monitor: pulumi.interpolate`${endpoint.url}${path}` };
  };
  const dashboards = "grafana" in catalogue ? `https://${environment.host("grafana")}/d` : undefined;
  return Object.entries(catalogue).flatMap(([name, { title, web, status }]: [string, Declaration]) => {
    if (status) return [shown(name, title, status, dashboards && `${dashboards}/homeslice-${status.dashboard}`)];
    if (!web?.tile) return [];
    const { tile, port, health = "/" } = web;
    return [shown(name, title, { tile, port, path: health }, `https://${environment.host(name)}`)];
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
  return { icon, ...(href && { href }), description, siteMonitor: monitor, ...(widget && { widget }) };
}
