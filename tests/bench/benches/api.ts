import { setTimeout } from "node:timers/promises";
import { Installation } from "../../rig/installation.ts";
import { type Bench, figure, quantile } from "../bench.ts";
import { type Seeded, seedExecutions } from "../seed.ts";

const USERS = 50;
const SERVERS = 500;
const EXECUTIONS = 1_000_000;
const SECONDS = 30;
/** A user looks at an answer before asking for the next: milliseconds, spread evenly from half to one and a half of it. */
const THINK_MS = 250;

/** The API as many users see it who browse at the same time, over a long history. */
export const api: Bench = {
  description: "50 users browsing 500 servers and a million executions",
  async run({ quick, say }) {
    const [users, servers, executions, seconds] = quick ? [5, 10, 1_000, 1] : [USERS, SERVERS, EXECUTIONS, SECONDS];
    const installation = await Installation.open({
      postgres: { max_wal_size: "4GB", maintenance_work_mem: "256MB" },
      environment: { HOMESLICE_RETENTION_EXECUTIONS_DAYS: "0" }, // the history is longer than it is kept by default
    });
    try {
      const orchestrator = await installation.orchestrator("orchestrator");
      await orchestrator.start();
      say(`storing ${executions} executions`);
      const seeded = await seedExecutions(installation, servers, executions);
      say(`${users} users for ${seconds} s`);
      const tokens = await Promise.all(Array.from({ length: users }, async () => await installation.token()));
      const bare = await browse(tokens, seconds / 5, () => `${orchestrator.url}/healthz`);
      const pages = (i: number) => `${orchestrator.url}/api/v1/${page(seeded, i)}`;
      await browse(tokens, Math.min(3, seconds), pages);
      const times = await browse(tokens, seconds, pages);
      const unit = "ms";
      return {
        api_p95: figure({ value: quantile(times, 0.95), unit, atMost: 30, floor: quantile(bare, 0.95) }),
        api_p99: figure({ value: quantile(times, 0.99), unit, atMost: 100, floor: quantile(bare, 0.99) }),
      };
    } finally {
      await installation.close();
    }
  },
};

/** What users look at, in turn. */
function page({ serverIds, executionIds }: Seeded, i: number): string {
  const server = serverIds[i % serverIds.length];
  const execution = executionIds[i % executionIds.length];
  const all = [
    "servers?limit=50",
    `servers/${server}/health`,
    "executions/history?limit=50",
    `executions/history?limit=50&server_id=${server}`,
    "executions/history?limit=50&status=failed",
    `executions/history?limit=50&created_before=${daysAgo(i % 360)}`,
    `executions/${execution}`,
    `executions/${execution}/logs`,
    "actions",
  ];
  return all[i % all.length] ?? "";
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString();
}

/**
 * @param tokens one for each user
 * @returns how long each request took, in milliseconds, until its whole answer was there
 */
async function browse(tokens: readonly string[], seconds: number, url: (i: number) => string): Promise<number[]> {
  const times: number[] = [];
  const deadline = performance.now() + seconds * 1_000;
  const user = async (token: string, first: number) => {
    for (let i = first; performance.now() < deadline; i++) {
      await setTimeout(THINK_MS * (0.5 + Math.random()));
      const began = performance.now();
      const response = await fetch(url(i), { headers: { authorization: `Bearer ${token}` } });
      const text = await response.text();
      if (!response.ok) throw new Error(`${url(i)}: ${response.status} ${text.slice(0, 500)}`);
      times.push(performance.now() - began);
    }
  };
  await Promise.all(tokens.map(async (token, i) => await user(token, i * 101)));
  return times;
}
