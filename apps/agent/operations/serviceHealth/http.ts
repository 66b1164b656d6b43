import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { ServiceHealth } from "@homeslice/protocol/operations/index.ts";
import type { Findings } from "../checks/check.ts";

type HttpProbe = Extract<ServiceHealth["probe"], { kind: "http" }>;

/** How much of a body is looked through, in bytes. */
const MAX_BODY = 1_048_576;

/** Redirects are answers, and are not followed: where they lead is not what was asked for. */
export async function probeHttp(probe: HttpProbe, findings: Findings): Promise<string> {
  const response = await send(probe);
  const status = response.statusCode ?? 0;
  findings.add("status", status === probe.status, String(probe.status), String(status));
  const { body_contains: text } = probe;
  if (text !== undefined) {
    const body = await beginningOf(response);
    findings.add("body", body.includes(text), `a body with "${text}"`, `${body.length} characters without it`);
  }
  response.destroy();
  return String(status);
}

async function send({ url, method, verify_certificate }: HttpProbe): Promise<IncomingMessage> {
  const headers = { "user-agent": "homeslice-agent", accept: "*/*" };
  const request = url.startsWith("https:")
    ? httpsRequest(url, { method, headers, rejectUnauthorized: verify_certificate })
    : httpRequest(url, { method, headers });
  request.end();
  const [response]: IncomingMessage[] = await once(request, "response");
  if (response === undefined) throw new Error("no answer");
  // What breaks after the answer has begun shows in its body.
  request.on("error", () => {});
  return response;
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    size += chunks.at(-1)?.length ?? 0;
    if (size >= MAX_BODY) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY).toString("utf8");
}
