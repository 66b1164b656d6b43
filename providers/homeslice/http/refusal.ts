import { z } from "zod";
import { AuthentikError, type FailedRequest } from "./errors.ts";

/** The bodies that Authentik answers with when it refuses: a detail, or field → messages (nested for lists). */
const refusalSchema = z.record(z.string(), z.json());

/** The error for an answer that is none of success, by its status and what the body says. */
export function refusal(request: FailedRequest, status: number, body: string): AuthentikError {
  const content = parsed(body);
  const detail = typeof content["detail"] === "string" ? content["detail"] : undefined;
  const told = detail ?? (body.trimStart().startsWith("{") ? "" : body.slice(0, 200).trim());
  const what = (meaning: string) => `${meaning} (HTTP ${status})${told ? `: ${told}` : ""}`;
  switch (true) {
    case status === 400:
      return invalid(request, content);
    case status === 401 || status === 403:
      return new AuthentikError({ code: "authentik.forbidden", request, status, what: what("refused") });
    case status === 404:
      return new AuthentikError({ code: "authentik.not-found", request, status, what: what("not found") });
    case status === 429:
      return new AuthentikError({ code: "authentik.rate-limited", request, status, what: what("too many requests") });
    case status >= 500:
      return new AuthentikError({ code: "authentik.server-error", request, status, what: what("the server failed") });
    default:
      return new AuthentikError({ code: "authentik.unexpected", request, status, what: what("unexpected answer") });
  }
}

function invalid(request: FailedRequest, content: Record<string, z.core.util.JSONType>): AuthentikError {
  const fields = Object.fromEntries(Object.entries(content).map(([field, messages]) => [field, texts(messages)]));
  const lines = Object.entries(fields).map(([field, messages]) => `${camelCase(field)}: ${messages.join(" ")}`);
  const what = `Authentik does not accept the request (HTTP 400)${lines.map((line) => `\n  ${line}`).join("")}`;
  return new AuthentikError({ code: "authentik.invalid", request, status: 400, what, fields });
}

/** Fields as the arguments of the provider name them. */
function camelCase(field: string): string {
  return field.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function texts(messages: z.core.util.JSONType): string[] {
  if (typeof messages === "string") return [messages];
  if (Array.isArray(messages)) return messages.flatMap(texts);
  if (typeof messages === "object" && messages !== null) {
    return Object.entries(messages).flatMap(([key, nested]) => texts(nested).map((text) => `${key}: ${text}`));
  }
  return [String(messages)];
}

function parsed(body: string): Record<string, z.core.util.JSONType> {
  try {
    return refusalSchema.parse(JSON.parse(body));
  } catch {
    return {}; // a page of a proxy in front of Authentik, or nothing
  }
}
