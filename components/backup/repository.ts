import { createHash } from "node:crypto";
import type { Config } from "@homeslice/config";
import * as pulumi from "@pulumi/pulumi";
import {
  type Component,
  type Container,
  dataVolume,
  http,
  type SecretRef,
  secretFile,
  secretFiles,
  statefulSet,
  type Use,
  use,
} from "../kit/index.ts";

/** How the steps of a backup reach the place where snapshots are kept: every service has a repository of its own there. */
export interface Repository {
  /** What every step in the restic image gets. */
  readonly container: Required<Pick<Container, "env" | "mounts">>;
  readonly uses: readonly Use[];
  /** TCP ports of the world outside that it takes. */
  readonly outside: readonly number[];
}

/** What the repository needs of its component: its secrets, made and kept. */
export interface Secrets {
  readonly owner: Component;
  /** What unlocks every repository. Without it, the backups are lost. */
  readonly key: pulumi.Output<string>;
  /** What lets the steps in at the server. */
  readonly password: pulumi.Output<string>;
}

type Bucket = NonNullable<Config["backup"]["s3"]>;

const PORT = 8000;
const USER = "backup";
const KEY_FILE = "RESTIC_PASSWORD_FILE";
const ADDRESS_FILE = "REPOSITORY_FILE";

/** A server with a volume of its own: steps on any node write to it, and only through it. */
export function serverRepository({ owner, key, password }: Secrets, args: Config["backup"]): Repository {
  const accounts = owner.secret("server", { htpasswd: htpasswd(password) });
  const server = statefulSet(owner, {
    size: args.size,
    container: {
      image: owner.environment.image("restic-server"),
      command: [
        "rest-server",
        "--path=/data",
        `--listen=:${PORT}`,
        `--htpasswd-file=${secretFile(accounts, "htpasswd")}`,
        "--prometheus",
        "--prometheus-no-auth",
      ],
      ports: { http: PORT },
      mounts: [dataVolume("/data"), secretFiles(accounts)],
      health: { ready: http("http", "/metrics"), live: http("http", "/metrics") },
      resources: args.resources,
    },
  });
  const address = pulumi.interpolate`rest:http://${USER}:${password}@${server.host}:${PORT}`;
  const secret = owner.secret("repository", { address, key });
  const link = { peer: server, port: PORT, settings: {}, secret, ready: server.ready };
  const uses = [use(link, {}, { address: ADDRESS_FILE, key: KEY_FILE })];
  return { container: { env: {}, mounts: [] }, uses, outside: [] };
}

/** A bucket outside the cluster in the server's place. */
export function bucketRepository({ owner, key }: Secrets, bucket: Bucket): Repository {
  const secret = owner.secret("repository", { address: bucketAddress(bucket), key });
  const files = { [ADDRESS_FILE]: secretFile(secret, "address"), [KEY_FILE]: secretFile(secret, "key") };
  return withBucket({ container: { env: files, mounts: [secretFiles(secret)] }, uses: [], outside: [] }, owner, bucket);
}

/** A bucket that gets a copy of every snapshot, beside the server. */
export function copiedOffSite(repository: Repository, { owner }: Secrets, bucket: Bucket): Repository {
  const secret = owner.secret("off-site", { address: bucketAddress(bucket) });
  const { env, mounts } = repository.container;
  const container = {
    env: { ...env, OFFSITE_FILE: secretFile(secret, "address") },
    mounts: [...mounts, secretFiles(secret)],
  };
  return withBucket({ ...repository, container }, owner, bucket);
}

function withBucket({ container, uses, outside }: Repository, owner: Component, bucket: Bucket): Repository {
  const secret: SecretRef<"credentials"> = owner.secret("bucket", { credentials: credentialsOf(bucket) });
  const env = {
    ...container.env,
    AWS_SHARED_CREDENTIALS_FILE: secretFile(secret, "credentials"),
    ...(bucket.region && { AWS_DEFAULT_REGION: bucket.region }),
  };
  const mounts = [...container.mounts, secretFiles(secret)];
  return { container: { env, mounts }, uses, outside: [...outside, portOf(bucket)] };
}

/** The line of an htpasswd file. The password is random and long, so that a fast hash of it gives nothing away. */
function htpasswd(password: pulumi.Output<string>): pulumi.Output<string> {
  return password.apply((text) => `${USER}:{SHA}${createHash("sha1").update(text).digest("base64")}\n`);
}

function bucketAddress({ url }: Bucket): pulumi.Output<string> {
  return pulumi.output(`s3:${url}`);
}

/** The key of a bucket as the programs of S3 read it from a file. */
function credentialsOf({ accessKeyId, secretAccessKey }: Bucket): pulumi.Output<string> {
  const lines = ["[default]", `aws_access_key_id = ${accessKeyId}`, `aws_secret_access_key = ${secretAccessKey}`, ""];
  return pulumi.secret(lines.join("\n"));
}

function portOf({ url }: Bucket): number {
  const { port, protocol } = new URL(url);
  return Number(port || (protocol === "https:" ? 443 : 80));
}
