import { type Answer, type Call, HttpDouble } from "../httpDouble.ts";
import { Dashboards } from "./dashboards.ts";
import { DataSources } from "./datasources.ts";
import { Folders } from "./folders.ts";
import { Refusal } from "./refusal.ts";
import type { Route } from "./routes.ts";
import { Teams } from "./teams.ts";

const BASE = "/api";
const USER = "admin";

export interface GrafanaOptions {
  /** Password of the administrator. @default the first that is tried, as if the server had been started with it */
  readonly password?: string;
  /** Whether the server is still about to prepare its database. @default false */
  readonly starting?: boolean;
}

/** The double of a Grafana 13 server: the part of its API that keeps its contents, with state in memory. */
export class GrafanaDouble extends HttpDouble<Pick<Call, "method" | "path">> {
  readonly datasources = new DataSources();
  readonly folders: Folders = new Folders({
    teamExists: (id) => this.teams.has(id),
    emptied: (uid) => this.dashboards.deleteIn(uid),
  });
  readonly teams: Teams = new Teams((id) => this.folders.forgetTeam(id));
  readonly dashboards = new Dashboards(this.folders);
  #starting: boolean;
  #password: string | undefined;

  private constructor({ password, starting = false }: GrafanaOptions) {
    super(BASE);
    this.#password = password;
    this.#starting = starting;
  }

  /** Starts it on a free port. */
  static async start(options: GrafanaOptions = {}): Promise<GrafanaDouble> {
    const double = new GrafanaDouble(options);
    await double.listen();
    return double;
  }

  /** Lets the start come to its end. */
  ready(): void {
    this.#starting = false;
  }

  protected seen({ method, path }: Call) {
    return { method, path };
  }

  protected worded(message: string) {
    return { message };
  }

  protected answer({ method, path, query, body, authorization }: Call): Answer {
    try {
      if (method === "GET" && path === "/health") return this.#health();
      if (this.#starting) throw new Refusal(503, "Grafana is starting");
      this.#requireAdministrator(authorization);
      const route = this.#routes().find((each) => each.method === method && each.pattern.test(path));
      if (!route) throw new Refusal(404, "Not found");
      return { status: 200, body: route.answer(route.pattern.exec(path)?.groups ?? {}, query, body) };
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: error.body };
      throw error;
    }
  }

  /** A search comes before what might be called so. */
  #routes(): readonly Route[] {
    return [this.dashboards, this.teams, this.folders, this.datasources].flatMap(({ routes }) => routes);
  }

  #health(): Answer {
    const version = "13.2.0";
    if (this.#starting) return { status: 503, body: { database: "failing", version } };
    return { status: 200, body: { database: "ok", version } };
  }

  #requireAdministrator(authorization = ""): void {
    const [user, password] = Buffer.from(authorization.replace(/^Basic /, ""), "base64")
      .toString()
      .split(":");
    this.#password ??= password;
    if (user === USER && password !== undefined && password === this.#password) return;
    throw new Refusal(401, "Invalid username or password");
  }
}
