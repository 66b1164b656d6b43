import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";

/** Files by which the parts of one control plane trust each other; made once per testbed folder. */
export interface Credentials {
  /** Signs the tokens of service accounts. */
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  /** The API server's list of static tokens: one, of the administrator. */
  readonly tokens: string;
  readonly adminToken: string;
  /** The API server writes a self-signed certificate here when it first starts. */
  readonly certificates: string;
}

export async function ensureCredentials(dir: string): Promise<Credentials> {
  const pki = join(dir, "pki");
  const files = {
    serviceAccountKey: join(pki, "service-account.key"),
    serviceAccountPublicKey: join(pki, "service-account.pub"),
    tokens: join(pki, "tokens.csv"),
    certificates: pki,
  };
  if (!existsSync(files.tokens)) {
    await mkdir(pki, { recursive: true, mode: 0o700 });
    const { privateKey, publicKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    await writeFile(files.serviceAccountKey, privateKey, { mode: 0o600 });
    await writeFile(files.serviceAccountPublicKey, publicKey);
    const token = randomBytes(24).toString("hex");
    await writeFile(files.tokens, `${token},testbed-admin,testbed-admin,"system:masters"\n`, { mode: 0o600 });
  }
  const [adminToken = ""] = (await readFile(files.tokens, "utf8")).split(",");
  return { ...files, adminToken };
}

/** The certificate that vouches for the API server: its own, self-signed. */
export function authorityOf(credentials: Credentials): string {
  return join(credentials.certificates, "apiserver.crt");
}

/** Text of a kubeconfig for the administrator. */
export async function adminKubeconfig(credentials: Credentials, server: string): Promise<string> {
  const authority = await readFile(authorityOf(credentials));
  const name = "homeslice-testbed";
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server, "certificate-authority-data": authority.toString("base64") } }],
    users: [{ name, user: { token: credentials.adminToken } }],
  });
}
