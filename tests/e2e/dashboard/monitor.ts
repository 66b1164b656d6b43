import { writeFileSync } from "node:fs";
import type { Client, HostStatus } from "@homeslice/protocol";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { TestAgent } from "../../apps/orchestrator/testAgent.ts";
import { download } from "./download.ts";
import type { Stage } from "./stage.ts";
import { most, watchStillness } from "./stillness.ts";

/** Of a line, in pixels. */
const LINE_HEIGHT = 20;
const IDLE: HostStatus = {
  uptime_seconds: 1,
  load_average: [0, 0, 0],
  memory_usage_percent: 1,
  disk_usage_percent: 1,
};

/** One execution while it runs, and after. */
export function describeMonitor(stage: () => Stage): void {
  /** Starts a shell script on the server with the agent, or on others. @returns the address of its page */
  const run = async (script: string, servers = [stage().agent.serverId]) => {
    const operation = { type: "shell_command" as const, argv: ["sh", "-c", script] satisfies [string, ...string[]] };
    const body = { operation, target_servers: servers };
    return `/executions/${(await stage().client.call("startExecution", { body })).execution_id}`;
  };
  const status = (page: Page, text: string | RegExp) => page.locator("header.page-head").getByText(text).waitFor();
  /** A line by how it ends: its number stands before it. */
  const line = (page: Page, end: RegExp) => page.locator(".log-line", { hasText: end });
  /** The lines in sight. */
  const shown = async (page: Page) => await page.locator(".log-line").allInnerTexts();

  describe("the monitor", () => {
    test("UF2: an orchestrator that is restarted is back within five seconds, and no line is lost or doubled", async () => {
      const LINES = 150;
      const address = await run(`for i in $(seq ${LINES}); do echo "line $i"; sleep 0.1; done`);
      await stage().visit(
        address,
        async (page) => {
          await line(page, /\dline 5$/).waitFor();
          const renderings = await countRenderings(page);
          const { orchestrator } = stage();
          await orchestrator.end("SIGKILL");
          await page.getByText("Connection lost.").waitFor();
          await orchestrator.start();
          const back = Date.now();
          await page.getByText("Connection lost.").waitFor({ state: "detached" });
          expect(Date.now() - back).toBeLessThan(5_000);
          await status(page, /1 of 1 finished/);
          await line(page, new RegExp(`line ${LINES}$`)).waitFor();
          expect(await renderings()).toBeLessThanOrEqual(LINES - 5);
          const seen = new Set<string>();
          for (let first = 1; first <= LINES; first += 10) {
            await page.locator(".log-lines").evaluate((box, to) => box.scrollTo(0, to), (first - 1) * LINE_HEIGHT);
            await line(page, new RegExp(`\\dline ${first}$`)).waitFor();
            for (const line of await shown(page)) seen.add(line);
          }
          const expected = Array.from({ length: LINES }, (_, place) => `${place + 1}line ${place + 1}`);
          expect([...seen].sort(byNumber)).toEqual(expected);
        },
        { mayFail: true },
      );
    });

    test("of many lines few exist, and others take their place in the same elements; a text is found, marked, and its line kept in the address", async () => {
      const address = await run("seq -f 'number %.0f of many' 20000");
      await stage().visit(address, async (page) => {
        await page.getByText("number 20000 of many").waitFor();
        expect(await page.locator(".log *").count()).toBeLessThanOrEqual(300);
        const rows = page.locator(".log-line");
        await rows.evaluateAll((rows) => rows.map((row) => row.setAttribute("data-known", "")));
        await page.locator(".log-lines").evaluate((box, to) => box.scrollTo(0, to), 10_000 * LINE_HEIGHT);
        await page.getByText("number 10001 of many").waitFor();
        // Before and after what is in sight, a few more exist in the middle than at the end.
        expect(await rows.and(page.locator(":not([data-known])")).count()).toBeLessThan(12);
        await page.getByLabel("Search the output").fill("NUMBER 1234 ");
        await page.getByText("1 line", { exact: true }).waitFor();
        await page.keyboard.press("Enter");
        expect(await page.locator("mark").innerText()).toBe("number 1234 ");
        await page.waitForURL(/line=[\w-]+\.1234/);
        await page.reload();
        await page.locator('[data-named="true"]').getByText("number 1234 of many").waitFor();
        expect(await page.getByRole("checkbox", { name: "Follow" }).isChecked()).toBe(false);
      });
    });

    test("who goes up while much comes no longer follows, though the end has moved down further", async () => {
      await stage().visit(await run("for i in $(seq 600); do seq 100; sleep 0.1; done"), async (page) => {
        await line(page, /100$/).waitFor();
        await page.locator(".log-canvas").evaluate((canvas) => {
          const up = () => {
            observer.disconnect();
            canvas.parentElement?.scrollBy(0, -100);
          };
          const observer = new MutationObserver(up);
          observer.observe(canvas, { characterData: true, childList: true, subtree: true });
        });
        await page.getByRole("checkbox", { name: "Follow", checked: false }).waitFor();
        await page.getByRole("button", { name: "End it" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "End it" }).click();
        await status(page, "Cancelled");
      });
    });

    test("what is in sight stays where it is while output comes, until it has ended", async () => {
      const gate = stage().installation.path("gate");
      const script = `echo begun; until [ -e ${gate} ]; do sleep 0.1; done; for i in $(seq 50); do echo "$i"; sleep 0.02; done`;
      await stage().visit(await run(script), async (page) => {
        await line(page, /begun$/).waitFor();
        const expectStillness = await watchStillness(page, most.live);
        writeFileSync(gate, "");
        await status(page, /1 of 1 finished/);
        await line(page, /50$/).waitFor();
        await expectStillness(expect);
      });
    });

    test("U1, U2: output is text, whatever it looks like, and colours are kept", async () => {
      const script = String.raw`printf '\033[31mred\033[0m <img src=x onerror="document.title=1"> \033]0;owned\007\033[31m\nand on\n'`;
      await stage().visit(await run(script), async (page) => {
        await page.locator(".log-line .ansi-fg-1").getByText("red").waitFor();
        await page.locator(".log-line .ansi-fg-1").getByText("and on").waitFor();
        expect(await page.locator(".log-line").first().innerText()).toBe(
          '1red <img src=x onerror="document.title=1"> ',
        );
        expect(await page.title()).toContain("Homeslice");
      });
    });

    test("lines are wrapped and tell their times when asked to, and the whole output is downloaded", async () => {
      await stage().visit(await run("printf 'one\\n\\033[1mtwo\\033[0m\\n'"), async (page) => {
        await status(page, /finished/);
        const first = page.locator(".log-line").first();
        const spaces = () => first.evaluate((text) => getComputedStyle(text).whiteSpace);
        expect(await spaces()).toBe("pre");
        await page.getByRole("checkbox", { name: "Wrap lines" }).check();
        await expect.poll(spaces).toBe("pre-wrap");
        expect(await first.innerText()).toBe("1one");
        await page.getByRole("checkbox", { name: "Times (UTC)" }).check();
        await first.getByText(/\d\d:\d\d:\d\d/).waitFor();
        const { content } = await download(page, () => page.getByRole("button", { name: "Download" }).click());
        expect(content.toString()).toBe("one\ntwo\n");
      });
    });

    test("what runs is ended after asking; what did not succeed is run again, and beside it stands the run before", async () => {
      await stage().visit(await run("echo begun; exec sleep 600"), async (page) => {
        await line(page, /begun$/).waitFor();
        await page.getByRole("button", { name: "End it" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "End it" }).click();
        await status(page, "Cancelled");
        await page.getByRole("tab", { name: "Servers" }).click();
        await page.getByRole("row", { name: /kitchen.*Cancelled/ }).waitFor();
        await page.getByRole("button", { name: "Run again where it failed" }).click();
        await page.getByRole("dialog").getByText("kitchen").waitFor();
        const before = page.url();
        await page.getByRole("dialog").getByRole("button", { name: "Run again where it failed" }).click();
        await page.waitForURL((url) => url.pathname !== new URL(before).pathname);
        await line(page, /begun$/).waitFor();
        await page.getByRole("tab", { name: "Comparison" }).click();
        await page.getByRole("row", { name: /kitchen.*Different.*Running.*Cancelled/ }).waitFor();
        await page.getByRole("button", { name: "End it" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "End it" }).click();
        await status(page, "Cancelled");
      });
    });

    test("of several servers, those where it failed run it again, and only they, until it has succeeded everywhere", async () => {
      const { client, orchestrator } = stage();
      const racks = await enrolSimulated(client, orchestrator.url, ["rack-1", "rack-2", "rack-3"]);
      const targets = racks.map(({ agent }) => agent.serverId);
      try {
        await stage().visit(await run("true", targets), async (page) => {
          const again = async (expected: readonly string[]) => {
            await page.getByRole("button", { name: "Run again where it failed" }).click();
            const dialog = page.getByRole("dialog");
            await dialog.getByText(expected[0] ?? "").waitFor();
            expect(await dialog.getByRole("listitem").allInnerTexts()).toEqual(expected);
            const { pathname } = new URL(page.url());
            await dialog.getByRole("button", { name: "Run again where it failed" }).click();
            await page.waitForURL((url) => url.pathname !== pathname);
          };
          await endEach(racks, [0, 1, 2]);
          await again(["rack-2", "rack-3"]);
          await endEach(racks.slice(1), [0, 1]);
          await page.getByRole("tab", { name: "Comparison" }).click();
          await page.getByRole("row", { name: /rack-2.*Mended.*Succeeded.*Failed/ }).waitFor();
          await again(["rack-3"]);
          await endEach(racks.slice(2), [0]);
          await status(page, "Succeeded");
          expect(await page.getByRole("button", { name: "Run again where it failed" }).count()).toBe(0);
          expect(racks.flatMap(({ link }) => link.received).filter(({ type }) => type === "run")).toEqual([]);
        });
      } finally {
        for (const { stop } of racks) await stop();
        for (const server_id of targets) await client.call("deleteServer", { params: { server_id } });
      }
    });
  });
}

/** Counts how often lines come into the output or go from it, from now on. */
async function countRenderings(page: Page): Promise<() => Promise<number>> {
  const count = await page.locator(".log-canvas").evaluateHandle((canvas) => {
    const count = { renderings: 0 };
    new MutationObserver(() => void count.renderings++).observe(canvas, { childList: true });
    return count;
  });
  return async () => await count.evaluate(({ renderings }) => renderings);
}

/** Servers whose agents end what they are given as a test wants. */
async function enrolSimulated(client: Client, url: string, hostnames: readonly string[]) {
  const servers = [];
  for (const hostname of hostnames) {
    const { enrolment_token } = await client.call("registerServer", { body: { hostname } });
    const agent = await TestAgent.enrol(url, enrolment_token);
    const link = await agent.connect(url);
    const { heartbeat_seconds } = await link.receive("welcome");
    const beats = setInterval(() => link.send({ type: "heartbeat", status: IDLE }), heartbeat_seconds * 1_000);
    const stop = async () => {
      clearInterval(beats);
      await link.drop();
    };
    servers.push({ agent, link, stop });
  }
  return servers;
}

async function endEach(servers: Awaited<ReturnType<typeof enrolSimulated>>, exitCodes: readonly number[]) {
  for (const [place, { link }] of servers.entries()) link.finish(await link.job(), exitCodes[place] ?? 0, 0);
}

function byNumber(one: string, other: string): number {
  return Number.parseInt(one, 10) - Number.parseInt(other, 10);
}
