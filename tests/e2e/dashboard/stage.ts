import type { Client } from "@homeslice/protocol";
import type { Browser, BrowserContext, BrowserContextOptions, ConsoleMessage, Page } from "playwright-core";
import { cacheDirectory } from "../../../cli/cluster/home.ts";
import { buildDashboard } from "../../../cli/local/dashboard.ts";
import { Installation, type OrchestratorDaemon } from "../../rig/installation.ts";
import { RealAgent } from "../../rig/realAgent.ts";
import { launchChromium } from "../../support/chromium.ts";
import { measuredPlatform } from "../../support/measuredPlatform.ts";
import { programs, startPrometheus } from "../../support/prometheus.ts";
import { seed } from "./seed.ts";

const isMeasured = Object.values(programs).every((program) => "path" in program);

/** Who uses the dashboard in these tests: an admin. */
export const ADA = { username: "ada", password: "a password of ada" } as const;

export interface Visit extends BrowserContextOptions {
  /** What is done to the page before it is opened. */
  readonly prepare?: (page: Page) => Promise<unknown>;
  /** Whether requests may be left without an answer meanwhile. */
  readonly mayFail?: boolean;
}

/** A whole installation with a real agent, something of everything, and a browser that is logged in. */
export class Stage {
  readonly installation: Installation;
  readonly orchestrator: OrchestratorDaemon;
  readonly agent: RealAgent;
  readonly client: Client;
  /** What there is to see, by the names that addresses of pages use. */
  readonly seed: Readonly<Record<string, string>>;
  /** Directory of the built dashboard. */
  readonly built: string;
  /** Where browsers find it: a name, since a cookie of theirs is for secure origins alone. */
  readonly url: string;
  /** What measures a platform around it; undefined where that is not installed. */
  readonly prometheus: Awaited<ReturnType<typeof startPrometheus>> | undefined;
  readonly #browser: Browser;
  readonly #login: NonNullable<BrowserContextOptions["storageState"]>;

  /** @param executablePath the browser */
  static async open(executablePath: string): Promise<Stage> {
    const installation = await Installation.open({ environment: { HOMESLICE_REQUESTS_PER_SECOND: "0" } });
    const built = await buildDashboard(cacheDirectory(process.env));
    const prometheus = isMeasured ? await startPrometheus(measuredPlatform) : undefined;
    const orchestrator = await installation.orchestrator("orchestrator", {
      HOMESLICE_DASHBOARD_DIR: built,
      ...(prometheus && { HOMESLICE_PROMETHEUS_URL: prometheus.url.href }),
    });
    await orchestrator.start();
    const client = await installation.client(orchestrator.url);
    await client.call("createAccount", { body: { ...ADA, role: "admin" } });
    const agent = await RealAgent.enrol(installation, orchestrator.url, { name: "kitchen" });
    const parts = {
      installation,
      orchestrator,
      client,
      agent,
      built,
      prometheus,
      seed: await seed(client, agent.serverId),
    };
    const browser = await launchChromium(executablePath);
    const url = orchestrator.url.replace("127.0.0.1", "localhost");
    return new Stage({ ...parts, url }, browser, await logIn(browser, url));
  }

  private constructor(
    parts: Pick<Stage, "installation" | "orchestrator" | "client" | "agent" | "built" | "seed" | "url" | "prometheus">,
    browser: Browser,
    login: NonNullable<BrowserContextOptions["storageState"]>,
  ) {
    this.installation = parts.installation;
    this.orchestrator = parts.orchestrator;
    this.client = parts.client;
    this.agent = parts.agent;
    this.built = parts.built;
    this.seed = parts.seed;
    this.prometheus = parts.prometheus;
    this.url = parts.url;
    this.#browser = browser;
    this.#login = login;
  }

  /** A browser of its own that is logged in as Ada; `storageState: undefined` begins without a login. */
  async context(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    return await this.#browser.newContext({
      baseURL: this.url,
      storageState: this.#login,
      reducedMotion: "reduce",
      locale: "en",
      // It would answer what a test answers in its place.
      serviceWorkers: "block",
      ...options,
    });
  }

  /** The address of a page of the router, with something that is there for each of its `$names`. */
  addressOf(path: string): string {
    return path.replaceAll(/\$(\w+)/g, (_, name: string) => {
      const value = this.seed[name];
      if (value === undefined) throw new Error(`no ${name} is seeded for ${path}: see seed.ts`);
      return value;
    });
  }

  /** Opens a page in a browser of its own, does something there, and fails when the page reported an error meanwhile. */
  async visit<T>(path: string, act: (page: Page) => Promise<T>, { prepare, mayFail, ...options }: Visit = {}) {
    const context = await this.context(options);
    try {
      const page = await context.newPage();
      await prepare?.(page);
      return await open(page, path, act, mayFail);
    } finally {
      await context.close();
    }
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.prometheus?.stop();
    await this.installation.close();
  }
}

/** Goes to an address, does something there, and fails when the page reported an error meanwhile. @see Visit */
export async function open<T>(page: Page, path: string, act: (page: Page) => Promise<T>, mayFail = false): Promise<T> {
  const errors: string[] = [];
  const watch = watchErrors(errors, mayFail);
  page.on("pageerror", watch.exception);
  page.on("console", watch.message);
  const response = await page.goto(path);
  if (!response?.ok()) throw new Error(`${path} is answered ${response?.status()}`);
  const result = await act(page);
  page.off("pageerror", watch.exception);
  page.off("console", watch.message);
  if (errors.length > 0) throw new Error(`${path} reported:\n${errors.join("\n")}`);
  return result;
}

/** What a page complains of: exceptions, console errors, violations of its Content-Security-Policy. */
function watchErrors(errors: string[], mayFail: boolean) {
  const exception = (error: Error) => void errors.push(error.message);
  const message = (message: ConsoleMessage) => {
    // That a request was refused is for the page to tell.
    const isRefusal = /^Failed to load resource/.test(message.text()) && /\/(api|auth)\//.test(message.location().url);
    const isOutage = mayFail && /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|WebSocket/.test(message.text());
    if (message.type() === "error" && !isRefusal && !isOutage)
      errors.push(`${message.text()} (${message.location().url})`);
  };
  return { exception, message };
}

/** Waits until a page shows what it has: its title is there, and nothing is on its way. */
export async function settled(page: Page): Promise<void> {
  await page.locator("main h1").first().waitFor();
  await page.locator(".skeleton").first().waitFor({ state: "detached" });
}

async function logIn(browser: Browser, url: string) {
  const context = await browser.newContext({ baseURL: url });
  const headers = { "x-homeslice-request": "1", origin: url };
  const response = await context.request.post("/auth/login", { data: ADA, headers });
  if (!response.ok()) throw new Error(`the login failed: ${await response.text()}`);
  const state = await context.storageState();
  await context.close();
  return state;
}
