import { type Manifest, manifestsOf } from "@homeslice/cli/cluster/render/manifests.ts";
import { recordProgram } from "@homeslice/cli/cluster/render/recording.ts";
import { loadConfig } from "@homeslice/config";
import { KubernetesObject } from "@homeslice/policies/objects.ts";
import { parse } from "yaml";

const bucket = {
  url: "https://s3.example.org/homeslice",
  accessKeyId: "name",
  secretAccessKey: "a-secret-of-the-user",
};
const everything = {
  "homeslice:domain": "home.example.org",
  "homeslice:authentik": { signOn: true },
  "homeslice:homepage": { discovery: true },
  "homeslice:alertmanager": { webhook: { url: "https://hooks.example.org/alerts", token: "a-secret-of-the-user" } },
  "homeslice:backup": { s3: bucket },
};
const services = {
  wiki: { image: "ghcr.io/example/wiki:1", port: 3000, replicas: 2, uses: ["postgresql", "redis"] },
  files: { image: "ghcr.io/example/files:1", port: 3000, volume: { path: "/data", size: "1Gi" } },
};
const acme = { email: "me@example.org", provider: "cloudflare", credentials: { CF_DNS_API_TOKEN: "a-secret" } };

/** Stacks with every service on: small and large, with services of one's own, and with certificates by ACME. */
const stacks = [
  ["dev", everything],
  ["prod", everything],
  ["prod", { ...everything, "homeslice:services": services, "homeslice:agent": { hostAccess: "none" } }],
  ["prod", { ...everything, "homeslice:traefik": { replicas: 1 }, "homeslice:tls": { acme } }],
] as const;

/** What `render` writes for each stack. */
export async function renderedStacks(): Promise<(readonly Manifest[])[]> {
  const rendered = [];
  // One after the other: the runtime that records a program is one for the process.
  for (const [stack, settings] of stacks) rendered.push(manifestsOf(await recordProgram(loadConfig(stack, settings))));
  return rendered;
}

/** The objects that manifests describe. */
export function objectsOf(manifests: readonly Manifest[]): KubernetesObject[] {
  return manifests.map(({ text }) => KubernetesObject.parse(parse(text)));
}
