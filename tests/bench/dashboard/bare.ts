import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Page } from "playwright-core";
import { WebSocketServer } from "ws";
import { z } from "zod";
import type { Stage } from "../../e2e/dashboard/stage.ts";
import { type Gate, type Printing, printer } from "./printer.ts";

/** Lines, or rows, that are in sight. */
const IN_SIGHT = 40;

/** A page of the same origin and browser with nothing on it: the floors of the machine are measured there. */
export async function withBarePage<Result>(stage: Stage, act: (page: Page) => Promise<Result>): Promise<Result> {
  const context = await stage.context();
  try {
    const page = await context.newPage();
    const body = '<!doctype html><title>bare</title><input><p role="status"></p><div></div>';
    await page.route("**/bare", (route) => route.fulfill({ contentType: "text/html", body }));
    // What a test answers comes from no network that the browser would know.
    await context.grantPermissions(["local-network-access"]);
    await page.goto("/bare");
    return await act(page);
  } finally {
    await context.close();
  }
}

/** Shows what a process prints in a bare page: its output goes through a bare WebSocket. @returns ends it */
export async function printInto(page: Page, printing: Printing, gate: Gate): Promise<() => Promise<void>> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  await once(server, "listening");
  const [file, ...args] = printer(printing, gate);
  server.on("connection", (socket) => {
    const { stdout } = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
    stdout.setEncoding("utf8").on("data", (text: string) => socket.send(text));
  });
  const { port } = z.object({ port: z.int() }).parse(server.address());
  await page.evaluate(
    ({ port, most }) => {
      const box = document.querySelector("div");
      let rest = "";
      new WebSocket(`ws://127.0.0.1:${port}`).addEventListener("message", ({ data }) => {
        const lines = `${rest}${data}`.split("\n");
        rest = lines.pop() ?? "";
        const elements = lines.slice(-most).map((line) => {
          const element = document.createElement("div");
          element.className = "log-line";
          element.textContent = line;
          return element;
        });
        box?.append(...elements);
        while (box?.childElementCount && box.childElementCount > most) box.firstElementChild?.remove();
      });
    },
    { port, most: IN_SIGHT },
  );
  return async () => {
    for (const client of server.clients) client.terminate();
    const closed = once(server, "close");
    server.close();
    await closed;
  };
}

/** Makes a bare page follow an execution: of each message that comes, it shows the last line, and does nothing else. */
export async function followIn(page: Page, executionId: string): Promise<void> {
  await page.evaluate((path) => {
    const box = document.querySelector("div");
    if (!box) throw new Error("the page is not bare");
    box.className = "log-line";
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${path}`);
    socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "follow" })));
    socket.addEventListener("message", ({ data }) => {
      box.textContent = String(data).slice(String(data).lastIndexOf("number "));
    });
  }, `/ws/executions/${executionId}`);
}

/** Where one types in a bare page that searches, and what it says. */
export const bareSearch = { input: "input", status: "p", words: (count: number) => `${count} found` };

/** Makes a bare page look through lines for what is typed: it says how many have it, and shows the first of them. */
export async function searchIn(page: Page, lines: readonly string[]): Promise<void> {
  await page.evaluate(
    ({ lines, most }) => {
      const [input, status, box] = ["input", "p", "div"].map((name) => document.querySelector(name));
      input?.addEventListener("input", () => {
        const wanted = input instanceof HTMLInputElement ? input.value : "";
        const found = lines.filter((line) => line.includes(wanted));
        if (status) status.textContent = `${found.length} found`;
        if (box) box.textContent = found.slice(0, most).join("\n");
      });
    },
    { lines, most: IN_SIGHT },
  );
  await page.locator("input").focus();
}

/** Makes a bare page show one page of a list of the API when one clicks, each item as a row with a name. */
export async function listOnClick(page: Page, path: string): Promise<void> {
  await page.evaluate((path) => {
    addEventListener("click", async () => {
      const { items } = await (await fetch(path, { headers: { "x-homeslice-request": "1" } })).json();
      const row = ({ hostname, environment }: Record<string, string>) =>
        `<tr><th>${hostname}</th><td>${environment}</td></tr>`;
      const box = document.querySelector("div");
      if (box) box.innerHTML = `<table><tbody>${items.map(row).join("")}</tbody></table>`;
    });
  }, path);
}
