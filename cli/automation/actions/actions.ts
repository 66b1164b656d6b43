import type { Action, ActionVersion } from "@homeslice/protocol/actions.ts";
import { type Client, everything } from "@homeslice/protocol/client.ts";
import type { ResponseOf } from "@homeslice/protocol/routes.ts";
import { invalidOption } from "../../local/options.ts";
import { explaining } from "../client.ts";
import { named } from "../lookup.ts";

type Comparison = ResponseOf<"compareActionVersions">;

/** Action templates by their names, as the command line asks for them. Every method throws UserError `actions.refused` */
export class ActionTemplates {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = explaining(client, "actions");
  }

  async list(search?: string): Promise<Action[]> {
    return await everything((page) => this.#client.call("listActions", { query: { ...page, sort: "name", search } }));
  }

  /** The versions of an action, newest first. */
  async history(name: string): Promise<ActionVersion[]> {
    const { action_id } = await this.#find(name);
    return await everything((query) => this.#client.call("listActionVersions", { params: { action_id }, query }));
  }

  /** @param from by default the version before `to`, which is by default the newest */
  async compare(name: string, from: string | undefined, to: string | undefined): Promise<Comparison> {
    const { action_id } = await this.#find(name);
    const query = {
      ...(from === undefined ? {} : { from: parseVersion(from) }),
      ...(to === undefined ? {} : { to: parseVersion(to) }),
    };
    return await this.#client.call("compareActionVersions", { params: { action_id }, query });
  }

  /** Takes up an older version again, unless somebody changes the action meanwhile. */
  async restore(name: string, older: string): Promise<Action> {
    const { action_id, version } = await this.#find(name);
    const params = { action_id, version: parseVersion(older) };
    return await this.#client.call("restoreActionVersion", { params, version });
  }

  async #find(name: string): Promise<Action> {
    const wanted = { concern: "actions", noun: "action" };
    return named(wanted, await this.list(), name, ({ action_id }) => action_id);
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
