import type { Caller } from "@homeslice/protocol/access.ts";
import { queryOptions, skipToken, useQuery } from "@tanstack/react-query";

const HOUR_MS = 3_600_000;

/** How it stands with this browser; the code for it is fetched where it is needed. */
export const browserQuery = (caller: Caller | null) =>
  queryOptions({
    queryKey: ["this-browser", caller?.tenant, caller?.subject],
    queryFn: caller ? async () => (await import("./thisBrowser.ts")).lookAtBrowser(caller) : skipToken,
  });

/** Whoever is told in this browser goes on being told, as long as some page is opened now and then. */
export function useRenewedPush(caller: Caller | null): void {
  const mayShow = "Notification" in globalThis && Notification.permission === "granted";
  useQuery({ ...browserQuery(mayShow ? caller : null), staleTime: HOUR_MS, refetchInterval: HOUR_MS });
}
