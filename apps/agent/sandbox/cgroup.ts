import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ResourceUsage } from "@homeslice/protocol/link.ts";
import { hasCode } from "../errors.ts";

const MEBIBYTE = 1_048_576;
/** The groups of agents lie in one of this name, each named after its server and its attempt. */
const PARENT = "homeslice-agent";
/** The subgroup that systemd puts the agent itself into, so that it may make others beside (DelegateSubgroup=). */
const OWN_SUBGROUP = "/agent";

export interface GroupLimits {
  readonly memory_mb?: number | undefined;
  readonly processes?: number | undefined;
}

/** How one version of control groups says things; file names are relative to a group. */
interface Dialect {
  readonly name: "cgroup-v1" | "cgroup-v2";
  /** Directory under which groups are made, by controller; the same one for all of them in version 2. */
  readonly roots: Readonly<Record<string, string>>;
  readonly memoryLimit: readonly string[];
  readonly memoryPeak: string;
  readonly oomKills: string;
}

/** Control groups: what the kernel counts and limits for all processes of an attempt together, however they fork. */
export class ControlGroups {
  readonly #dialect: Dialect;
  readonly #serverId: string;
  /** The groups that this process has made, and their limits: the kernel takes a while to be told the same again. */
  readonly #made = new Map<string, GroupLimits>();

  /**
   * Control groups if this process may make some, else undefined.
   * @param serverId of this agent: others on the same machine may run the same execution
   */
  static async find(serverId: string): Promise<ControlGroups | undefined> {
    for (const dialect of [await unified(), await legacy()]) {
      if (dialect === undefined) continue;
      const groups = new ControlGroups(dialect, serverId);
      if (await groups.#works()) return groups;
    }
    return undefined;
  }

  private constructor(dialect: Dialect, serverId: string) {
    this.#dialect = dialect;
    this.#serverId = serverId;
  }

  get name(): Dialect["name"] {
    return this.#dialect.name;
  }

  /** Makes the group of an attempt. @returns its directories: a process joins by its number in their `cgroup.procs` */
  async create(attempt: string, { memory_mb, processes }: GroupLimits): Promise<string[]> {
    const directories = this.#directories(attempt);
    const made = this.#made.get(attempt);
    if (made !== undefined && made.memory_mb === memory_mb && made.processes === processes) return directories;
    for (const directory of directories) await mkdir(directory, { recursive: true });
    if (memory_mb !== undefined) {
      for (const file of this.#dialect.memoryLimit) await this.#write(attempt, "memory", file, memory_mb * MEBIBYTE);
    }
    if (processes !== undefined) await this.#write(attempt, "pids", "pids.max", processes);
    this.#made.set(attempt, { memory_mb, processes });
    return directories;
  }

  /** The processes in the group of an attempt. */
  async members(attempt: string): Promise<number[]> {
    const text = await this.#read(attempt, "pids", "cgroup.procs");
    return (text ?? "").split("\n").filter(Boolean).map(Number);
  }

  async usage(attempt: string): Promise<ResourceUsage> {
    const peak = await this.#read(attempt, "memory", this.#dialect.memoryPeak);
    const max_memory_bytes = peak === undefined ? null : Number(peak);
    if (this.name === "cgroup-v2") {
      const cpu = /^usage_usec (\d+)$/m.exec((await this.#read(attempt, "cpu", "cpu.stat")) ?? "")?.[1];
      const io = (await this.#read(attempt, "io", "io.stat")) ?? "";
      return {
        cpu_seconds: cpu === undefined ? null : Number(cpu) / 1e6,
        max_memory_bytes,
        read_bytes: sum(io, /rbytes=(\d+)/g),
        write_bytes: sum(io, /wbytes=(\d+)/g),
      };
    }
    const cpu = await this.#read(attempt, "cpuacct", "cpuacct.usage");
    const io = (await this.#read(attempt, "blkio", "blkio.throttle.io_service_bytes")) ?? "";
    return {
      cpu_seconds: cpu === undefined ? null : Number(cpu) / 1e9,
      max_memory_bytes,
      read_bytes: sum(io, /Read (\d+)/g),
      write_bytes: sum(io, /Write (\d+)/g),
    };
  }

  /** How often the kernel ended a process of the attempt for want of memory. */
  async oomKills(attempt: string): Promise<number> {
    return sum((await this.#read(attempt, "memory", this.#dialect.oomKills)) ?? "", /^oom_kill (\d+)$/gm);
  }

  /** Removes the group of an attempt that is over; the kernel keeps one that still has processes. */
  async remove(attempt: string): Promise<void> {
    this.#made.delete(attempt);
    for (const directory of this.#directories(attempt)) {
      await rmdir(directory).catch((error: unknown) => {
        if (!hasCode(error, "ENOENT", "EBUSY")) throw error;
      });
    }
  }

  #directories(attempt: string): string[] {
    return [...new Set(Object.values(this.#dialect.roots))].map((root) => this.#directory(root, attempt));
  }

  #directory(root: string, attempt: string): string {
    return join(root, PARENT, `${this.#serverId}.${attempt}`);
  }

  async #works(): Promise<boolean> {
    const probe = `probe.${process.pid}`;
    try {
      await this.create(probe, { memory_mb: 64, processes: 64 });
      return true;
    } catch {
      return false; // no such hierarchy, or not for this user
    } finally {
      await this.remove(probe).catch(() => {});
    }
  }

  async #write(attempt: string, controller: string, file: string, value: number): Promise<void> {
    await writeFile(join(this.#directory(this.#dialect.roots[controller] ?? "", attempt), file), String(value));
  }

  async #read(attempt: string, controller: string, file: string): Promise<string | undefined> {
    return await readText(join(this.#directory(this.#dialect.roots[controller] ?? "", attempt), file));
  }
}

/** Version 2: one hierarchy, in which this process has to hand the controllers down. */
async function unified(): Promise<Dialect | undefined> {
  const mount = await mountOf((type) => type === "cgroup2");
  const own = /^0::(.*)$/m.exec((await readText("/proc/self/cgroup")) ?? "")?.[1];
  if (mount === undefined || own === undefined) return undefined;
  const root = join(mount, own.endsWith(OWN_SUBGROUP) ? dirname(own) : own);
  for (const directory of [root, join(root, PARENT)]) {
    await mkdir(directory, { recursive: true }).catch(() => {});
    await writeFile(join(directory, "cgroup.subtree_control"), "+cpu +memory +pids +io").catch(() => {});
  }
  const roots = { memory: root, pids: root, cpu: root, io: root };
  const files = { memoryLimit: ["memory.max"], memoryPeak: "memory.peak", oomKills: "memory.events" };
  return { name: "cgroup-v2", roots, ...files };
}

/** Version 1: a hierarchy for each controller. */
async function legacy(): Promise<Dialect | undefined> {
  const own = (await readText("/proc/self/cgroup")) ?? "";
  const roots: Record<string, string> = {};
  for (const controller of ["memory", "pids", "cpuacct", "blkio"]) {
    const mount = await mountOf((type, options) => type === "cgroup" && options.includes(controller));
    const path = own
      .split("\n")
      .find((line) => line.split(":")[1]?.split(",").includes(controller))
      ?.split(":")[2];
    if (mount === undefined || path === undefined) return undefined;
    roots[controller] = join(mount, path);
  }
  const memoryLimit = ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"];
  return {
    name: "cgroup-v1",
    roots,
    memoryLimit,
    memoryPeak: "memory.max_usage_in_bytes",
    oomKills: "memory.oom_control",
  };
}

async function mountOf(wanted: (type: string, options: string[]) => boolean): Promise<string | undefined> {
  for (const line of ((await readText("/proc/self/mounts")) ?? "").split("\n")) {
    const [, path, type, options] = line.split(" ");
    if (type !== undefined && options !== undefined && wanted(type, options.split(","))) return path;
  }
  return undefined;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT", "EACCES", "ENODEV", "EOPNOTSUPP")) return undefined;
    throw error;
  }
}

function sum(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((total, [, number]) => total + Number(number), 0);
}
