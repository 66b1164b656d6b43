import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { Installation } from "../../rig/installation.ts";
import { RealAgent } from "../../rig/realAgent.ts";
import { type Bench, figure } from "../bench.ts";

/** After the start, until it is at rest; and how long it is watched then, in seconds. */
const SETTLE_SECONDS = 10;
const SECONDS = 30;

/** The real agent, connected and with nothing to do. */
export const agentIdle: Bench = {
  description: "memory and processor of an agent that is connected and has nothing to do",
  async run({ quick }) {
    const [settle, seconds] = quick ? [0.5, 1] : [SETTLE_SECONDS, SECONDS];
    const installation = await Installation.open();
    try {
      const orchestrator = await installation.orchestrator("orchestrator");
      await orchestrator.start();
      const { pid } = await RealAgent.enrol(installation, orchestrator.url);
      await setTimeout(settle * 1_000);
      const before = processorSeconds(pid);
      await setTimeout(seconds * 1_000);
      const percent = ((processorSeconds(pid) - before) / seconds) * 100;
      return {
        agent_idle_rss: figure({ value: residentMegabytes(pid), unit: "MB", atMost: 80, floor: bareNode() }),
        agent_idle_cpu: figure({ value: percent, unit: "% of a core", atMost: 0.5 }),
      };
    } finally {
      await installation.close();
    }
  },
};

function residentMegabytes(pid: number | "self"): number {
  return megabytesIn(readFileSync(`/proc/${pid}/status`, "utf8"));
}

function megabytesIn(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
}

/** What a Node.js process has that does nothing at all. */
function bareNode(): number {
  const script = 'process.stdout.write(require("node:fs").readFileSync("/proc/self/status"))';
  return megabytesIn(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }));
}

/** User and system time of a process. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
