import { ClientError, createClient } from "@homeslice/protocol/client.ts";
import type { Problem } from "@homeslice/protocol/errors.ts";
import { PAGE_HEADER } from "@homeslice/protocol/session.ts";

/** The API of the orchestrator that served this page; the session is a cookie that no script can read. */
export const api = createClient({ url: globalThis.location.origin, headers: { [PAGE_HEADER]: "1" } });

/** What went wrong, as the API says it; of anything else, its message alone. */
export function problemOf(error: unknown): Pick<Problem, "status" | "code" | "detail" | "fix" | "errors"> {
  if (error instanceof ClientError) return error.problem;
  return { status: 0, code: "unexpected", detail: error instanceof Error ? error.message : String(error) };
}
