import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { endProcess } from "../process/end.ts";
import { tryLock } from "../process/fileLock.ts";
import { checkLayout, locateHome } from "./home.ts";
import { ENDING, endLeftovers } from "./leftovers.ts";

/** A supervisor gives each of its three components 20 s; one that takes longer hangs. */
const STOP_TIMEOUT_MS = 70_000;
const POLL_INTERVAL_MS = 20;

/** `down`: ends what runs on this machine, and returns when all of it is gone. */
export async function down(): Promise<void> {
  const home = locateHome();
  checkLayout(home);
  if (!existsSync(home.lock) && !existsSync(home.state)) return say("Homeslice is not running.");
  let supervised = false;
  for (;;) {
    const attempt = tryLock(home.lock, ENDING);
    if (attempt.held) {
      try {
        const left = await endLeftovers(home);
        say(supervised || left > 0 ? "Homeslice has ended." : "Homeslice is not running.");
      } finally {
        attempt.release();
      }
      return;
    }
    supervised = true;
    if (attempt.holder.purpose !== ENDING) await endProcess(attempt.holder.pid, "SIGTERM", STOP_TIMEOUT_MS);
    await setTimeout(POLL_INTERVAL_MS);
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
