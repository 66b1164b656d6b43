import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/**
 * Reads `add PID`, `drop PID` and `mount PATH`; at the end of its input it kills and unmounts what was added, and removes
 * the directory.
 */
const SCRIPT = `
pids=
mounts=
while read -r word pid; do
  [ "$word" != mount ] || { mounts="$mounts $pid"; continue; }
  others=
  for known in $pids; do [ "$known" = "$pid" ] || others="$others $known"; done
  pids="$others"
  [ "$word" = drop ] || pids="$pids $pid"
done
[ -z "$pids" ] || kill -KILL $pids 2>/dev/null
for mount in $mounts; do umount -l "$mount"; done
for attempt in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$0" 2>/dev/null && break; sleep 0.1; done
`;

/** Ends processes and removes a directory when this process lets go of it or dies, however that happens. */
export class Guard {
  readonly #shell: ChildProcess;

  constructor(directory: string) {
    this.#shell = spawn("sh", ["-c", SCRIPT, directory], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  }

  /** Watches over a child until it has ended. */
  add(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.#shell.stdin?.write(`add ${pid}\n`);
    child.once("exit", () => this.#shell.stdin?.write(`drop ${pid}\n`));
  }

  /** Unmounts what is mounted on a directory at the end. */
  addMount(directory: string): void {
    this.#shell.stdin?.write(`mount ${directory}\n`);
  }

  async release(): Promise<void> {
    const gone = once(this.#shell, "exit");
    this.#shell.stdin?.end();
    await gone;
  }
}
