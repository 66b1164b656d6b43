import type { Limits } from "@homeslice/protocol/operations/index.ts";

const MEBIBYTE = 1_048_576;

/** Of two sets of limits, the smaller of each. */
export function strictest(one: Limits, other: Limits = {}): Limits {
  const least = (name: keyof Limits) => {
    const values = [one[name], other[name]].filter((value) => value !== undefined);
    return values.length === 0 ? undefined : Math.min(...values);
  };
  return {
    cpu_seconds: least("cpu_seconds"),
    memory_mb: least("memory_mb"),
    processes: least("processes"),
    open_files: least("open_files"),
    file_size_mb: least("file_size_mb"),
    output_mb: least("output_mb"),
  };
}

/** The arguments of prlimit(1); where control groups hold memory and processes together, those need no other limit. */
export function limitArguments({ limits, isolate }: { limits: Limits; isolate: boolean }, grouped: boolean): string[] {
  const { cpu_seconds, memory_mb, processes, open_files, file_size_mb } = limits;
  const given: [string, number | undefined][] = [
    ["core", 0],
    ["cpu", cpu_seconds],
    ["nofile", open_files],
    ["fsize", file_size_mb === undefined ? undefined : file_size_mb * MEBIBYTE],
  ];
  // The runtime of a check reserves far more addresses than it uses.
  if (!grouped && isolate) given.push(["as", memory_mb === undefined ? undefined : memory_mb * MEBIBYTE]);
  if (!grouped) given.push(["nproc", processes]);
  return given.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
}
