import { createPrivateKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Enrolled } from "@homeslice/protocol/link.ts";
import { decodePublicKey, generateKeyPair } from "@homeslice/protocol/signing.ts";
import { messageOf, StartupError } from "../errors.ts";
import { readIfPresent, writeDurably } from "../files.ts";
import { refuseIfShared } from "./stateDirectory.ts";

/** Who this agent is, and whose orders it takes. */
export interface Identity {
  readonly serverId: string;
  readonly privateKey: KeyObject;
  readonly orchestratorKey: KeyObject;
}

const identityFile = (stateDir: string) => join(stateDir, "identity.json");

/** The key of this agent, made at the first start. It never leaves the state directory. */
export async function loadKey(stateDir: string): Promise<KeyObject> {
  const path = join(stateDir, "agent.key");
  if ((await readIfPresent(path)) === undefined) {
    const { privateKey } = generateKeyPair();
    await writeDurably(path, privateKey.export({ format: "pem", type: "pkcs8" }).toString());
  }
  await refuseIfShared(path, "600");
  try {
    return createPrivateKey(await readFile(path));
  } catch (cause) {
    throw new StartupError(`${path} is not a private key`, "Restore it from a backup, or enrol this server anew.", {
      cause,
    });
  }
}

/** What the orchestrator answered at enrolment; undefined before. @throws StartupError when it is damaged or shared */
export async function loadIdentity(stateDir: string, privateKey: KeyObject): Promise<Identity | undefined> {
  const path = identityFile(stateDir);
  const text = await readIfPresent(path);
  if (text === undefined) return undefined;
  await refuseIfShared(path, "600");
  try {
    return identityOf(Enrolled.parse(JSON.parse(text)), privateKey);
  } catch (cause) {
    const what = `${path} is damaged: ${messageOf(cause)}`;
    throw new StartupError(what, "Restore it from a backup, or delete it and enrol this server anew.", { cause });
  }
}

/** Keeps what the orchestrator answered at enrolment. */
export async function saveIdentity(stateDir: string, enrolled: Enrolled, privateKey: KeyObject): Promise<Identity> {
  const identity = identityOf(enrolled, privateKey);
  await writeDurably(identityFile(stateDir), `${JSON.stringify(enrolled, undefined, 2)}\n`);
  return identity;
}

function identityOf({ server_id, orchestrator_key }: Enrolled, privateKey: KeyObject): Identity {
  return { serverId: server_id, privateKey, orchestratorKey: decodePublicKey(orchestrator_key) };
}
