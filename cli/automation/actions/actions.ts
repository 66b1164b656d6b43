import { UserError } from "@homeslice/config/errors.ts";
import type { Action, ActionVersion } from "@homeslice/protocol/actions.ts";
import { type Client, ClientError, everything } from "@homeslice/protocol/client.ts";
import type { ResponseOf } from "@homeslice/protocol/routes.ts";
import { invalidOption } from "../../local/options.ts";

type Comparison = ResponseOf<"compareActionVersions">;

/** Action templates by their names, as the command line asks for them. Every method throws UserError `actions.refused` */
export class ActionTemplates {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async list(search?: string): Promise<Action[]> {
    const wanted = { sort: "name" as const, ...(search === undefined ? {} : { search }) };
    return await everything((query) => this.#client.call("listActions", { query: { ...query, ...wanted } })).catch(
      refuse,
    );
  }

  /** The versions of an action, newest first. */
  async history(name: string): Promise<ActionVersion[]> {
    const { action_id } = await this.#find(name);
    return await everything((query) => this.#client.call("listActionVersions", { params: { action_id }, query })).catch(
      refuse,
    );
  }

  /** @param from by default the version before `to`, which is by default the newest */
  async compare(name: string, from: string | undefined, to: string | undefined): Promise<Comparison> {
    const { action_id } = await this.#find(name);
    const query = {
      ...(from === undefined ? {} : { from: parseVersion(from) }),
      ...(to === undefined ? {} : { to: parseVersion(to) }),
    };
    return await this.#client.call("compareActionVersions", { params: { action_id }, query }).catch(refuse);
  }

  /** Takes up an older version again, unless somebody changes the action meanwhile. */
  async restore(name: string, older: string): Promise<Action> {
    const { action_id, version } = await this.#find(name);
    const params = { action_id, version: parseVersion(older) };
    return await this.#client.call("restoreActionVersion", { params, version }).catch(refuse);
  }

  async #find(name: string): Promise<Action> {
    const found = (await this.list()).find((action) => action.name === name || action.action_id === name);
    if (found !== undefined) return found;
    const what = `there is no action named ${JSON.stringify(name)}`;
    throw new UserError({ code: "actions.unknown", what, fix: "Give one of ./homeslice actions list." });
  }
}

function parseVersion(text: string): string {
  if (/^[1-9]\d{0,8}$/.test(text)) return text;
  throw invalidOption(
    "version",
    `${JSON.stringify(text)} is no version`,
    "Give a number of ./homeslice actions history.",
  );
}

function refuse(error: unknown): never {
  if (!(error instanceof ClientError)) throw error;
  throw new UserError({
    code: "actions.refused",
    what: error.message,
    fix: error.problem.fix ?? "See ./homeslice actions list, and ./homeslice status.",
  });
}
