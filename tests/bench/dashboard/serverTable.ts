import { type Stage, settled } from "../../e2e/dashboard/stage.ts";
import type { BenchOptions, Figures } from "../bench.ts";
import { bareSearch, listOnClick, searchIn, withBarePage } from "./bare.ts";
import { type Times, timesOf } from "./times.ts";
import { countIn, typeDigits } from "./typing.ts";
import { untilPainted } from "./watch.ts";

const SERVERS = 10_000;
/** The first in the order of their names: it is seeded beside these. */
const FIRST = "cellar";
/** With those. */
const TOTAL = SERVERS + 2;
const VISITS = 20;
const ROUNDS = 3;
const MAX_FIRST_ROWS_MS = 200;
const MAX_FILTER_MS = 100;
/** Rows that a page without any ado would ask for. */
const IN_SIGHT = 50;

/** The table of many servers: until its first rows are there, and until it shows those with what was typed. */
export async function serverTable(stage: Stage, { quick, say }: BenchOptions): Promise<Figures> {
  say(`${SERVERS} servers`);
  await seedServers(stage);
  const rows = await firstRows(stage, quick ? 1 : VISITS);
  const filter = await filterTimes(stage, quick ? 1 : ROUNDS);
  return {
    ...timesOf("dashboard_servers_first_rows", rows, MAX_FIRST_ROWS_MS),
    ...timesOf("dashboard_servers_filter", filter, MAX_FILTER_MS),
  };
}

function names(): string[] {
  return Array.from({ length: SERVERS }, (_, place) => `node-${String(place + 1).padStart(5, "0")}`);
}

async function seedServers({ installation }: Stage): Promise<void> {
  await installation.query(
    `insert into servers (hostname, ip_address, environment, server_group, tags, agent_version, os_info, host_status,
       last_heartbeat, created_by)
     select name, '10.1.' || i / 256 || '.' || i % 256, (array['dev', 'staging', 'prod'])[1 + i % 3], 'rack-' || i % 40,
       array['web', 'zone-' || i % 7], '1.0.0', 'Debian GNU/Linux 13',
       '{"uptime_seconds": 1000, "load_average": [0.1, 0.2, 0.3], "memory_usage_percent": 40, "disk_usage_percent": 50}',
       now() - i * interval '1 second', 'bench'
     from unnest($1::text[]) with ordinality as n (name, i)`,
    [names()],
  );
  await installation.query("vacuum analyze servers");
}

/** From a click on the menu of another page, where nothing is known of any server yet. */
async function firstRows(stage: Stage, visits: number): Promise<Times> {
  const sight = { selector: "tbody th", text: FIRST };
  const [measured, floor]: [number[], number[]] = [[], []];
  for (let visit = 0; visit < visits; visit++) {
    const time = await stage.visit("/tokens", async (page) => {
      await settled(page);
      const link = page.getByRole("navigation").getByRole("link", { name: "Servers" });
      const time = await untilPainted(page, "click", sight, () => link.click());
      // All the others come after the first: what is measured next shall not wait for that.
      await page.getByText(`${TOTAL} servers`, { exact: true }).waitFor();
      return time;
    });
    measured.push(time);
    await withBarePage(stage, async (page) => {
      await listOnClick(page, `/api/v1/servers?sort=hostname&limit=${IN_SIGHT}`);
      floor.push(await untilPainted(page, "click", sight, () => page.locator("body").click()));
    });
  }
  return { measured, floor };
}

/** From a key in the search until the page says how many servers have what was typed, with rows of them. */
async function filterTimes(stage: Stage, rounds: number): Promise<Times> {
  const typing = { text: "node-0", rounds };
  const measured = await stage.visit("/servers", async (page) => {
    await page.getByText(`${TOTAL} servers`, { exact: true }).waitFor();
    const [input, status] = [".filters input", ".page-head [role=status]"];
    const says = countIn(names(), (count) => `${count} of ${TOTAL} servers`);
    return await typeDigits(page, { ...typing, input, status, says });
  });
  const floor = await withBarePage(stage, async (page) => {
    await searchIn(page, names());
    return await typeDigits(page, { ...typing, ...bareSearch, says: countIn(names(), bareSearch.words) });
  });
  return { measured, floor };
}
