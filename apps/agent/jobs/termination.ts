import { type Clock, pause, type Timings } from "../clock.ts";
import { type Process, processTree, signalProcess } from "./processes.ts";

const LOOK_AGAIN = 50;

/**
 * Ends a command with all its descendants: SIGTERM to each, and SIGKILL to what is left after the grace period.
 * Resolves when none is left.
 *
 * @param leader the shim of the command; undefined when it is gone, because its number may be another's by now
 */
export async function terminate(
  leader: number | undefined,
  mark: string,
  clock: Clock,
  timings: Timings,
): Promise<void> {
  const known = new Map<number, Process>();
  const deadline = clock.monotonic() + timings.grace;
  const remaining = async () => {
    const tree = await processTree(leader, mark);
    for (const process of tree) known.set(process.pid, process);
    return tree;
  };

  for (const { pid } of await remaining()) signalProcess(pid, "SIGTERM");
  for (;;) {
    const tree = await remaining();
    if (tree.length === 0) return;
    // A process can fork while the others are being killed: look until nothing is found.
    if (clock.monotonic() >= deadline) for (const { pid } of tree) signalProcess(pid, "SIGKILL");
    await pause(clock, LOOK_AGAIN);
  }
}
