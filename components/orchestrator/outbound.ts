import type { Config } from "@homeslice/config";
import * as pulumi from "@pulumi/pulumi";
import { type Container, type Mount, mountedSecret, type SecretRef, secretFile, secretFiles } from "../kit/index.ts";

type Settings = Pick<Config["orchestrator"], "notifications" | "secrets">;

/** Where a container finds the Secrets of others, each in a directory of its own. */
const MOUNTED = "/run/secrets/mounted";
const SMTPS = 465;

/** What of the settings is secret, by the names that the program has it under. */
export function outboundSecrets({ notifications: { mail }, secrets }: Settings): Record<string, pulumi.Output<string>> {
  const { sealingKeys, variables } = secrets;
  return {
    ...(mail && { "mail-url": pulumi.secret(mailUrl(mail)) }),
    ...(sealingKeys.length > 0 && { "sealing-keys": pulumi.secret(sealingKeys.join("\n")) }),
    ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, pulumi.secret(value)])),
  };
}

/** What the instances need for that: variables, files and ports. */
export function outbound({ notifications, secrets }: Settings, secret: SecretRef | undefined) {
  const { mail, networks, ports } = notifications;
  const variables = Object.keys(secrets.variables);
  const inFiles = Object.keys(secret?.values ?? {}).filter((key) => !variables.includes(key));
  const fileOf = (key: string) => (secret && inFiles.includes(key) ? secretFile(secret, key) : undefined);
  const settings = {
    HOMESLICE_MAIL_URL_FILE: fileOf("mail-url"),
    HOMESLICE_MAIL_FROM: mail?.from,
    HOMESLICE_NOTIFY_NETWORKS: networks.map(inFull).join(",") || undefined,
    HOMESLICE_SECRET_DIR: secrets.mounted.length > 0 ? MOUNTED : undefined,
    HOMESLICE_SECRET_VARIABLES: variables.join(",") || undefined,
    HOMESLICE_SEALING_KEYS_FILE: fileOf("sealing-keys"),
  };
  const given = secrets.mounted.map((name): Mount => mountedSecret(name, `${MOUNTED}/${name}`));
  return {
    env: defined(settings),
    secretEnv: secret ? Object.fromEntries(variables.map((key) => [key, { secret, key }])) : {},
    mounts: [...(secret && inFiles.length > 0 ? [secretFiles(secret, inFiles)] : []), ...given],
    ports: [...new Set([...(mail ? [portOf(mail)] : []), ...ports])],
  } satisfies Pick<Container, "env" | "mounts" | "secretEnv"> & { readonly ports: readonly number[] };
}

type Mail = NonNullable<Settings["notifications"]["mail"]>;

/** One address is a network, too. */
const inFull = (range: string) => (range.includes("/") ? range : `${range}/${range.includes(":") ? 128 : 32}`);

const portOf = ({ server }: Mail) => Number(server.split(":").at(-1));

function mailUrl(mail: Mail): string {
  const { server, username, password } = mail;
  const account = [username, password].flatMap((part) => (part === undefined ? [] : [encodeURIComponent(part)]));
  return `${portOf(mail) === SMTPS ? "smtps" : "smtp"}://${account.length > 0 ? `${account.join(":")}@` : ""}${server}`;
}

function defined(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
