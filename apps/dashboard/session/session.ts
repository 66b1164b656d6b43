import { ClientError, problemFrom, unreachable } from "@homeslice/protocol/client.ts";
import { BrowserSession, PAGE_HEADER } from "@homeslice/protocol/session.ts";
import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";

/** As whom this browser is logged in, and how one can log in. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async () => BrowserSession.parse(await ask("GET", "/auth/session")),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Logs in with a local account: the browser gets a session that no script can read. */
export async function logIn(username: string, password: string): Promise<void> {
  await ask("POST", "/auth/login", { username, password });
}

/** Logs out here, and where to at the identity provider, if there is one. @returns the address to go to, if any */
export async function logOut(): Promise<string | null> {
  return z.object({ redirect: z.string().nullable() }).parse(await ask("POST", "/auth/logout", {})).redirect;
}

/** Where the login at the identity provider begins that comes back to a page. */
export function providerLogin(page: string): string {
  return `/auth/login?next=${encodeURIComponent(page)}`;
}

async function ask(method: "GET" | "POST", path: string, body?: object): Promise<unknown> {
  const response = await fetch(path, {
    method,
    headers: { [PAGE_HEADER]: "1", ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).catch((cause: unknown) => {
    throw unreachable(globalThis.location.origin, cause);
  });
  const text = await response.text();
  if (!response.ok) throw new ClientError(problemFrom(response.status, text));
  return JSON.parse(text);
}
