import type { Limits } from "@homeslice/protocol/operations/limits.ts";

/** A command that no server should have, and what it may use. */
interface Unruly {
  readonly script: string;
  readonly limits?: Limits;
}

/** Each goes on until it is stopped, or takes all that it can get. */
export const unruly = {
  "ignores SIGTERM": { script: "trap '' TERM; echo up; while :; do sleep 0.05; done" },
  "leaves processes behind": { script: "(setsid sh -c 'sleep 300 & sleep 300' >/dev/null 2>&1 &); echo up" },
  "floods standard output": { script: "yes 'a line of a flood that does not end by itself'", limits: { output_mb: 2 } },
  "takes memory": { script: "tail /dev/zero", limits: { memory_mb: 64 } },
  "opens files": {
    script: 'i=3; while :; do eval "exec $i</dev/null" || exit 9; i=$((i+1)); done',
    limits: { open_files: 64 },
  },
  "fills its disk": {
    script: "for i in 1 2 3 4; do head -c 100M /dev/zero >big$i; done; rm -f big?; echo done",
    limits: { file_size_mb: 32 },
  },
  "makes processes": { script: "b() { b | b & }; b; sleep 1; echo done", limits: { processes: 64 } },
} as const satisfies Record<string, Unruly>;

export type UnrulyName = keyof typeof unruly;
