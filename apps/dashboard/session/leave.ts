import { storedPush } from "../notifications/pushState.ts";
import { logOut } from "./session.ts";

/** Logs out; whoever is told in this browser no longer is. @returns the address to go to, if any */
export async function leave(): Promise<string | null> {
  const record = storedPush();
  // It takes the session, so it goes first.
  if (record) await (await import("../notifications/thisBrowser.ts")).turnOffFor(record);
  return await logOut();
}
