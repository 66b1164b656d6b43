import type { Server } from "@homeslice/protocol/servers.ts";
import { z } from "zod";
import type { Tone } from "../ui/Mark.tsx";

/** What `/readyz` says of the orchestrator that answers, also when it is not ready. */
export const Readiness = z.object({ ready: z.boolean(), checks: z.record(z.string(), z.string()) });
export type Readiness = z.infer<typeof Readiness>;

/** How many servers have something in common. */
export interface Share {
  readonly name: string;
  readonly count: number;
}

/** Servers by what is said of each, the most first. */
export function sharesOf(servers: readonly Server[], name: (server: Server) => string): Share[] {
  const counts = new Map<string, number>();
  for (const server of servers) counts.set(name(server), (counts.get(name(server)) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

/** Servers whose circuit breaker holds work back, or would. */
export function troubledServers(servers: readonly Server[]): Server[] {
  return servers.filter(({ breaker }) => breaker.state !== "closed" || breaker.mode !== "auto");
}

/** The values of the text that Prometheus reads, by name and labels as they are written: `up{job="a"}` → 1. */
export function metricsOf(text: string): ReadonlyMap<string, number> {
  const samples = text.split("\n").flatMap((line): [string, number][] => {
    const [, series, value] = /^([a-zA-Z_:][\w:]*(?:\{[^}]*\})?) (\S+)/.exec(line) ?? [];
    const number = Number(value);
    return series === undefined || Number.isNaN(number) ? [] : [[series, number]];
  });
  return new Map(samples);
}

const DAY_MS = 86_400_000;

/** Whole days until something ends; less than nothing once it has. */
export function daysUntil(at: string, now: number): number {
  return Math.floor((Date.parse(at) - now) / DAY_MS);
}

/** How urgent the end of a certificate is: by the limits of the alerts. */
export function certificateTone(until: string, now: number): Tone {
  const days = daysUntil(until, now);
  return days < 3 ? "bad" : days < 14 ? "warning" : "good";
}

/** How urgent it is that so much of a whole is left: by the limits of the alerts. */
export function roomTone(share: number): Tone {
  return share < 0.04 ? "bad" : share < 0.1 ? "warning" : "good";
}
