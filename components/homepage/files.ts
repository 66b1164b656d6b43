import type { Config } from "@homeslice/config";
import * as pulumi from "@pulumi/pulumi";
import { headings, type Shown, serviceList } from "./services.ts";
import type { Widgets } from "./widgets.ts";

/**
 * Every file that Homepage reads, by name: one that is missing it would write itself, and cannot. JSON is YAML too, and
 * has one way of quoting.
 */
export function configurationFiles(
  settings: Config["homepage"],
  services: readonly Shown[],
  widgets: Widgets,
): Record<string, pulumi.Input<string>> {
  const files = {
    "services.yaml": serviceList(services, (service) => widgets.of(service)),
    "bookmarks.yaml": bookmarks(settings.bookmarks),
    "settings.yaml": appearance(settings, services),
    "widgets.yaml": [{ datetime: { text_size: "lg", format: { dateStyle: "long", timeStyle: "short" } } }],
    "kubernetes.yaml": settings.discovery ? { mode: "cluster", ingress: true, traefik: false } : { mode: "disabled" },
    "docker.yaml": {},
    "proxmox.yaml": {},
  };
  const texts = Object.entries(files).map(([name, content]) => [name, pulumi.jsonStringify(content, undefined, 2)]);
  return { ...Object.fromEntries(texts), "custom.css": "", "custom.js": "" };
}

/** bookmarks.yaml: the links of the settings; Homepage wants each in a list of its own. */
function bookmarks(groups: Config["homepage"]["bookmarks"]) {
  return Object.entries(groups).map(([group, links]) => ({
    [group]: Object.entries(links).map(([name, href]) => ({ [name]: [{ href }] })),
  }));
}

/** settings.yaml: how the page looks, and the order of its groups. */
function appearance(
  { title, theme, color, columns, bookmarks: links }: Config["homepage"],
  services: readonly Shown[],
) {
  const groups = [...headings(services), ...Object.keys(links)];
  return {
    title,
    theme,
    color,
    headerStyle: "clean",
    statusStyle: "dot",
    hideVersion: true,
    disableUpdateCheck: true,
    layout: groups.map((group) => ({ [group]: { style: "row", columns } })),
  };
}
