import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BAN, PLUGINS } from "@homeslice/components/traefik/static.ts";
import { z } from "zod";
import type { KubeClient } from "../testbed/client.ts";

const Named = z.object({ metadata: z.object({ name: z.string() }) });
const Files = z.object({ items: z.array(Named.extend({ data: z.record(z.string(), z.string()) })) });
const EntryPoints = z.record(z.string(), z.looseObject({ address: z.string(), http: z.looseObject({}).optional() }));
const Static = z.looseObject({
  entryPoints: EntryPoints,
  providers: z.looseObject({ file: z.looseObject({ directory: z.string() }) }),
});

/** Where Traefik listens in a test, by entry point. */
export type Ports = Readonly<Record<string, number>>;

/** The parts of a deployed edge that are files in its container, and what has to differ in a test. */
export interface Substitutes {
  readonly namespace: string;
  readonly ports: Ports;
  /** Address in place of Authentik's, inside the cluster. */
  readonly signOn: string;
}

/**
 * Writes the configuration that lies in the cluster as files, with addresses of this machine in place of those in the
 * cluster. The version of Traefik that can be built here is older than the one deployed and refuses the strategy for headers
 * with the names of others: that is left out.
 * @returns path of the static configuration
 */
export async function writeConfiguration(kube: KubeClient, dir: string, substitutes: Substitutes): Promise<string> {
  const { namespace } = substitutes;
  const texts = new Map<string, string>();
  const configMaps = Files.parse((await kube.get(`/api/v1/namespaces/${namespace}/configmaps`)).body);
  for (const { data } of configMaps.items) for (const [name, text] of Object.entries(data)) texts.set(name, text);
  const { items } = Files.parse((await kube.get(`/api/v1/namespaces/${namespace}/secrets`)).body);
  const key = items.find(({ metadata }) => metadata.name === "traefik-key")?.data["tls.key"] ?? "";
  const dynamicDirectory = join(dir, "dynamic");
  mkdirSync(dynamicDirectory, { recursive: true });
  const write = (path: string, text: string) => {
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const certFile = write(join(dir, "tls.crt"), texts.get("tls.crt") ?? "");
  const keyFile = write(join(dir, "tls.key"), Buffer.from(key, "base64").toString());
  const dynamic = (texts.get("dynamic.yaml") ?? "")
    .replace(/"certFile": ".*"/, `"certFile": "${certFile}"`)
    .replace(/"keyFile": ".*"/, `"keyFile": "${keyFile}"`)
    .replace(/http:\/\/[\w.-]+:\d+(?=\/outpost)/, substitutes.signOn);
  write(join(dynamicDirectory, "dynamic.yaml"), dynamic);
  const plugin = join(dir, PLUGINS, "src", BAN.module);
  mkdirSync(plugin, { recursive: true });
  for (const [name, text] of texts) if (/\.go$|^\.traefik/.test(name)) write(join(plugin, name), text);
  const local = localStatic(texts.get("traefik.yaml") ?? "", dynamicDirectory, substitutes.ports);
  return write(join(dir, "traefik.yaml"), JSON.stringify(local));
}

function localStatic(text: string, directory: string, ports: Ports): z.infer<typeof Static> {
  const { entryPoints, providers, ...rest } = Static.parse(JSON.parse(text));
  const local = Object.entries(entryPoints).map(([name, { http, ...entryPoint }]) => {
    const { aliasHeadersStrategy: _, ...known } = http ?? {};
    const own = Object.keys(known).length > 0 ? { http: known } : {};
    return [name, { ...entryPoint, ...own, address: `127.0.0.1:${ports[name] ?? 0}` }];
  });
  return {
    ...rest,
    entryPoints: Object.fromEntries(local),
    providers: { ...providers, file: { ...providers.file, directory } },
  };
}
