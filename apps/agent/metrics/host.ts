import { readFile, statfs } from "node:fs/promises";
import { freemem, loadavg, totalmem, uptime } from "node:os";
import type { HostStatus } from "@homeslice/protocol/servers.ts";
import type { Clock } from "../clock.ts";
import { hasCode } from "../errors.ts";

/** Rates are taken over at least so many milliseconds, however often they are asked for. */
const MIN_INTERVAL = 1_000;
const SECTOR_BYTES = 512;
/** Whole disks: their partitions, and what lies on top of them, would count the same bytes again. */
const DISK = /^(sd[a-z]+|vd[a-z]+|xvd[a-z]+|hd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/;

/** What the kernel has counted since the host started. */
interface Counters {
  readonly at: number;
  readonly busy: number;
  readonly total: number;
  readonly read: number;
  readonly written: number;
}

type Rates = Pick<HostStatus, "cpu_usage_percent" | "disk_read_bytes_per_second" | "disk_write_bytes_per_second">;

/** Measures the host. */
export class HostMeter {
  readonly #path: string;
  readonly #clock: Clock;
  #last: Counters | undefined;
  #rates: Rates = {};

  /** @param path a place on the disk whose use is reported */
  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  async measure(): Promise<HostStatus> {
    const [one = 0, five = 0, fifteen = 0] = loadavg();
    const disk = await statfs(this.#path);
    await this.#count();
    return {
      uptime_seconds: uptime(),
      load_average: [one, five, fifteen],
      memory_usage_percent: percent(totalmem() - (await availableMemory()), totalmem()),
      // Blocks reserved for root are of no use to anyone else, as df(1) counts.
      disk_usage_percent: percent(disk.blocks - disk.bfree, disk.blocks - disk.bfree + disk.bavail),
      ...this.#rates,
    };
  }

  async #count(): Promise<void> {
    const at = this.#clock.monotonic();
    if (this.#last !== undefined && at - this.#last.at < MIN_INTERVAL) return;
    const now: Counters = { at, ...(await processorTime()), ...(await diskBytes()) };
    const before = this.#last;
    this.#last = now;
    if (before === undefined) return;
    const seconds = (now.at - before.at) / 1_000;
    this.#rates = {
      cpu_usage_percent: percent(now.busy - before.busy, now.total - before.total),
      disk_read_bytes_per_second: Math.max(0, now.read - before.read) / seconds,
      disk_write_bytes_per_second: Math.max(0, now.written - before.written) / seconds,
    };
  }
}

/** user nice system idle iowait irq softirq steal (proc_stat(5)) */
async function processorTime(): Promise<{ busy: number; total: number }> {
  const first = (await readProc("/proc/stat")).split("\n")[0] ?? "";
  const times = first.split(/\s+/).slice(1, 9).map(Number);
  const total = times.reduce((sum, time) => sum + time, 0);
  return { busy: total - (times[3] ?? 0) - (times[4] ?? 0), total };
}

async function diskBytes(): Promise<{ read: number; written: number }> {
  let [read, written] = [0, 0];
  for (const line of (await readProc("/proc/diskstats")).split("\n")) {
    const fields = line.trim().split(/\s+/);
    if (!DISK.test(fields[2] ?? "")) continue;
    read += Number(fields[5]) * SECTOR_BYTES;
    written += Number(fields[9]) * SECTOR_BYTES;
  }
  return { read, written };
}

/** Memory that programs can have: free memory would leave out the caches that the kernel gives back. */
async function availableMemory(): Promise<number> {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(await readProc("/proc/meminfo"))?.[1];
  return kibibytes === undefined ? freemem() : Number(kibibytes) * 1_024;
}

async function readProc(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT", "EACCES")) return "";
    throw error;
  }
}

function percent(part: number, whole: number): number {
  return whole > 0 ? Math.min(100, Math.max(0, (100 * part) / whole)) : 0;
}
