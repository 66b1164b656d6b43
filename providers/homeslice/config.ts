import type { CheckResult, Values } from "@homeslice/plugin";
import { isObject, secret } from "@homeslice/plugin";
import { z } from "zod";
import type { AuthentikSettings } from "./authentik/authentik.ts";
import { checkArgs } from "./engine/check.ts";
import { transportDefaults } from "./http/transport.ts";
import { url } from "./resources/fields.ts";

/** What the provider itself is configured with. */
export const configArgs = {
  /** Address of Authentik, with scheme and without the path of its API: `https://auth.example.org`. */
  url,
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

/** Arguments by which Authentik is another one: what was created in one does not exist in the other. */
export const identifying = ["url"];

/** Checks the arguments of the provider; the token is a secret however it was given. */
export function checkConfig(given: Values): CheckResult {
  const { version: _version, pluginDownloadURL: _url, ...own } = given;
  const { inputs, failures } = checkArgs(configArgs, decoded(own));
  const token = inputs["token"];
  const sealed = typeof token === "string" && failures.length === 0 ? { token: secret(token) } : {};
  return { inputs: encoded({ ...inputs, ...sealed }), failures };
}

/** The settings of the client, from checked arguments. */
export function settingsOf(given: Values): AuthentikSettings {
  const { version: _version, ...own } = given;
  const { url: address, token, requestTimeoutMs, retries, ...tls } = configSchema.parse(decoded(own));
  const retry = { ...transportDefaults.retry, retries };
  return { ...transportDefaults, ...tls, url: address, token, requestTimeoutMs, retry };
}

/** The protocol carries all but texts as JSON texts. */
function decoded(values: Values): Values {
  const entries = Object.entries(values).map(([key, value]): [string, Values[string]] => {
    const isText = key === "url" || key === "token" || key === "caCert";
    if (isText || typeof value !== "string") return [key, value];
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
