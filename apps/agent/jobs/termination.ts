import { type Clock, pause, type Timings } from "../clock.ts";
import { type Process, processTree, signalProcess } from "./processes.ts";

/**
 * Milliseconds between two looks at what is left: each is at every process of the server, so they become rarer during
 * the grace period.
 */
const LOOK_AGAIN = 20;
const LOOK_AGAIN_AT_MOST = 250;

/**
 * Ends a command with all its descendants: SIGTERM to each, and SIGKILL to what is left after the grace period.
 * Resolves when none is left.
 *
 * @param leader the shim of the command; undefined when it is gone
 * @param members tells the numbers of the processes in its control group, if it has one
 */
export async function terminate(
  leader: Process | undefined,
  marks: readonly string[],
  clock: Clock,
  timings: Timings,
  members?: () => Promise<readonly number[]>,
): Promise<void> {
  const deadline = clock.monotonic() + timings.grace;
  for (const found of await processTree(leader, marks, members)) {
    // Bubblewrap takes its command with it: that would be the end without a grace. It ends when its command does.
    if (found.name !== "bwrap") signalProcess(found, "SIGTERM");
  }
  for (let wait = LOOK_AGAIN; ; wait = Math.min(2 * wait, LOOK_AGAIN_AT_MOST)) {
    const left = deadline - clock.monotonic();
    let tree = await processTree(leader, marks, members);
    // A process can fork while the others are being killed: this goes on until nothing is found that can be killed.
    if (left <= 0) tree = tree.filter((found) => signalProcess(found, "SIGKILL"));
    if (tree.length === 0) return;
    await pause(clock, left <= 0 ? LOOK_AGAIN : Math.min(wait, left));
  }
}
