import { readFile, statfs } from "node:fs/promises";
import { freemem, loadavg, totalmem, uptime } from "node:os";
import type { HostStatus } from "@homeslice/protocol/servers.ts";
import { hasCode } from "../errors.ts";

/** Measures the host. @param path a place on the disk whose use is reported */
export async function measureHost(path: string): Promise<HostStatus> {
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  const disk = await statfs(path);
  return {
    uptime_seconds: uptime(),
    load_average: [one, five, fifteen],
    memory_usage_percent: percent(totalmem() - (await availableMemory()), totalmem()),
    // Blocks reserved for root are of no use to anyone else, as df(1) counts.
    disk_usage_percent: percent(disk.blocks - disk.bfree, disk.blocks - disk.bfree + disk.bavail),
  };
}

/** Memory that programs can have: free memory would leave out the caches that the kernel gives back. */
async function availableMemory(): Promise<number> {
  try {
    const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(await readFile("/proc/meminfo", "utf8"))?.[1];
    return kibibytes === undefined ? freemem() : Number(kibibytes) * 1_024;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return freemem();
    throw error;
  }
}

function percent(part: number, whole: number): number {
  return whole > 0 ? Math.min(100, Math.max(0, (100 * part) / whole)) : 0;
}
