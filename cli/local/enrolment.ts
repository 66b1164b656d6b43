import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { type Client, ClientError } from "@homeslice/protocol/client.ts";
import { NewServer } from "@homeslice/protocol/servers.ts";
import { z } from "zod";
import { ownClient } from "./api.ts";
import type { LocalHome } from "./home.ts";

const ServerRecord = z.object({ server_id: z.uuid() });

/** The server that this machine is, as its orchestrator knows it; undefined before the first start. */
export function localServerId(home: LocalHome): string | undefined {
  try {
    return ServerRecord.parse(JSON.parse(readFileSync(home.server, "utf8"))).server_id;
  } catch {
    return undefined;
  }
}

/** Registers this machine when its agent has no identity yet, and leaves the token with which the agent enrols. */
export async function enrolWhenNew(home: LocalHome, url: URL, tokenFile: string): Promise<void> {
  const client = await ownClient(home, url.origin, "admin");
  if (await hasIdentity(home, client)) return;
  // What is left is of no use: an identity that was deleted never works again, and the journal belongs to it.
  rmSync(home.agent, { recursive: true, force: true });
  mkdirSync(home.agent, { mode: 0o700 });
  const { server, enrolment_token } = await client.call("registerServer", { body: { hostname: ownHostname() } });
  writeFileSync(home.server, `${JSON.stringify({ server_id: server.server_id })}\n`, { mode: 0o600 });
  writeFileSync(tokenFile, enrolment_token, { mode: 0o600 });
}

async function hasIdentity(home: LocalHome, client: Client): Promise<boolean> {
  const server_id = localServerId(home);
  if (server_id === undefined) return false;
  const enrolled = existsSync(join(home.agent, "identity.json"));
  try {
    // A start that got no further than the registration leaves a server that nobody will ever be.
    await client.call(enrolled ? "getServer" : "deleteServer", { params: { server_id } });
    return enrolled;
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    if (error.problem.code === "not_found") return false;
    if (enrolled && error.problem.code === "unreachable") return true; // while the orchestrator starts again
    throw error;
  }
}

/** Whether this machine's agent is connected to the orchestrator. */
export async function isConnected(home: LocalHome, url: URL): Promise<boolean> {
  const server_id = localServerId(home);
  if (server_id === undefined) return false;
  const client = await ownClient(home, url.origin, "viewer");
  try {
    const { status } = await client.call("getServer", { params: { server_id } });
    return status.current !== "unreachable";
  } catch (error) {
    if (error instanceof ClientError && ["unreachable", "not_ready"].includes(error.problem.code)) return false;
    throw error;
  }
}

/** The name of this machine as the API takes it. */
function ownHostname(): string {
  const name = hostname().replaceAll(/[^a-zA-Z0-9.-]/g, "-");
  return NewServer.shape.hostname.safeParse(name).success ? name : "localhost";
}
