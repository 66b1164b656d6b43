import type { CheckResult, Values } from "@homeslice/plugin";
import { containsUnknown, isObject, secret } from "@homeslice/plugin";
import { findCluster, PodPort } from "@homeslice/tunnel";
import { z } from "zod";
import type { AuthentikSettings } from "./authentik/authentik.ts";
import { checkArgs } from "./engine/check.ts";
import type { Failure } from "./engine/definition.ts";
import { transportDefaults } from "./http/transport.ts";
import { url } from "./resources/fields.ts";

/** What the provider itself is configured with. */
export const configArgs = {
  /**
   * Address of Authentik, with scheme and without the path of its API: `https://auth.example.org`. Without one, it is
   * reached in its cluster.
   */
  url: url.exactOptional(),
  /** Namespace of its Service in a cluster, which is reached through the API server alone. */
  namespace: z.string().min(1).exactOptional(),
  /** Name of that Service. @default authentik */
  service: z.string().min(1).default("authentik"),
  /** Port of that Service. @default 9000 */
  port: z.int().min(1).max(65_535).default(9000),
  /** The cluster: text or path of a kubeconfig. @default as kubectl finds its own */
  kubeconfig: z.string().min(1).exactOptional(),
  /** Context of the kubeconfig. @default its current one */
  context: z.string().min(1).exactOptional(),
  /** API token of an administrator, such as the one that AUTHENTIK_BOOTSTRAP_TOKEN sets. */
  token: z.string().min(1),
  /** PEM of the certificate authority that has signed the certificate of Authentik, when it is none of the usual ones. */
  caCert: z.string().startsWith("-----BEGIN CERTIFICATE-----", { error: "is not a PEM certificate" }).exactOptional(),
  /** Whether any certificate is accepted. For tests alone. @default false */
  insecureSkipVerify: z.boolean().default(false),
  /** Time for one request, in milliseconds. @default 30000 */
  requestTimeoutMs: z.int().min(1).default(transportDefaults.requestTimeoutMs),
  /** How often a failed request is repeated, where that does no harm. @default 6 */
  retries: z.int().min(0).max(20).default(transportDefaults.retry.retries),
};

const configSchema = z.object(configArgs);

/**
 * Arguments by which Authentik is another one: what was created in one does not exist in the other. One that is reached
 * by its address today and in its cluster tomorrow is the same.
 */
export function identifying(before: Values, after: Values): readonly string[] {
  return ["url", "namespace", "service"].filter((key) => key in before && key in after);
}

/** Whether it is configured at all. */
export function hasSettings({ version: _version, pluginDownloadURL: _url, ...own }: Values): boolean {
  return Object.keys(own).length > 0;
}

/** Checks the arguments of the provider; the token is a secret however it was given. */
export function checkConfig(given: Values): CheckResult {
  if (!hasSettings(given)) return { inputs: given };
  const { version: _version, pluginDownloadURL: _url, ...own } = given;
  const { inputs, failures } = checkArgs(configArgs, decoded(own));
  const secrets = ["token", "kubeconfig"].flatMap((key) => {
    const value = inputs[key];
    return typeof value === "string" && !containsUnknown(value) ? [[key, secret(value)]] : [];
  });
  const sealed = failures.length === 0 ? Object.fromEntries(secrets) : {};
  return { inputs: encoded({ ...inputs, ...sealed }), failures: [...failures, ...oneWay(inputs)] };
}

function oneWay(inputs: Values): Failure[] {
  if ("url" in inputs && "namespace" in inputs)
    return [{ property: "namespace", reason: "cannot be given together with url: one way leads to Authentik" }];
  if ("url" in inputs || "namespace" in inputs) return [];
  return [{ property: "url", reason: "is missing: give it, or the namespace of the Service in its cluster" }];
}

/** The settings of the client, from checked arguments. */
export function settingsOf(given: Values): AuthentikSettings {
  const { version: _version, ...own } = given;
  const {
    url: address,
    token,
    requestTimeoutMs,
    retries,
    caCert,
    insecureSkipVerify,
    ...cluster
  } = configSchema.parse(decoded(own));
  const common = { ...transportDefaults, token, requestTimeoutMs, retry: { ...transportDefaults.retry, retries } };
  if (address) return { ...common, caCert, insecureSkipVerify, url: address };
  const { namespace = "", service, port, ...choice } = cluster;
  // The kubeconfig is looked for when it is needed: without Authentik's resources, nobody misses one.
  const connect = () => new PodPort(() => findCluster(choice), { namespace, service, port }).connect();
  return { ...common, url: `http://${service}.${namespace}.svc:${port}`, connect };
}

const texts = new Set(["url", "namespace", "service", "kubeconfig", "context", "token", "caCert"]);

/** The protocol carries all but texts as JSON texts. */
function decoded(values: Values): Values {
  const entries = Object.entries(values).map(([key, value]): [string, Values[string]] => {
    if (texts.has(key) || typeof value !== "string") return [key, value];
    return /^(true|false|\d+)$/.test(value) ? [key, JSON.parse(value)] : [key, value];
  });
  return Object.fromEntries(entries);
}

function encoded(values: Values): Values {
  const entries = Object.entries(values).map(([key, value]) => [
    key,
    typeof value === "string" || isObject(value) ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(entries);
}
