import type { Values } from "@homeslice/plugin/values.ts";
import { teamBody } from "./contract.ts";
import { Refusal } from "./refusal.ts";
import { nothing, type Route, route } from "./routes.ts";

interface Team {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  /** Addresses of members, whom people add in Grafana itself. */
  readonly members: readonly string[];
}

/** Teams, whose names are unique. */
export class Teams {
  readonly #all = new Map<number, Team>();
  readonly #deleted: (id: number) => void;
  #count = 0;

  /** @param deleted what else happens when a team goes */
  constructor(deleted: (id: number) => void) {
    this.#deleted = deleted;
  }

  has(id: number): boolean {
    return this.#all.has(id);
  }

  named(name: string): Team | undefined {
    return [...this.#all.values()].find((team) => team.name === name);
  }

  /** What somebody does in Grafana itself. */
  join(name: string, member: string): void {
    const team = this.named(name);
    if (team) this.#all.set(team.id, { ...team, members: [...team.members, member] });
  }

  readonly routes: readonly Route[] = [
    route("GET /teams/search", nothing, ({ query }) => {
      const teams = [...this.#all.values()].filter(({ name }) => name === (query.get("name") ?? name));
      return { page: 1, perPage: 1000, totalCount: teams.length, teams: teams.map(told) };
    }),
    route("POST /teams", teamBody, ({ body }) => {
      this.#requireFree(body.name, undefined);
      const id = ++this.#count;
      this.#all.set(id, { ...body, id, members: [] });
      return { message: "Team created", teamId: id, uid: `team-${id}` };
    }),
    route("GET /teams/{id}", nothing, ({ path }) => told(this.#get(path["id"]))),
    route("PUT /teams/{id}", teamBody, ({ path, body }) => {
      const before = this.#get(path["id"]);
      this.#requireFree(body.name, before.id);
      this.#all.set(before.id, { ...before, ...body });
      return { message: "Team updated" };
    }),
    route("DELETE /teams/{id}", nothing, ({ path }) => {
      const { id } = this.#get(path["id"]);
      this.#all.delete(id);
      this.#deleted(id);
      return { message: "Team deleted" };
    }),
    route("GET /teams/{id}/members", nothing, ({ path }) =>
      this.#get(path["id"]).members.map((email) => ({ email, labels: [], permission: 0 })),
    ),
    route("GET /teams/{id}/preferences", nothing, ({ path }) => {
      this.#get(path["id"]);
      return {};
    }),
  ];

  #requireFree(name: string, own: number | undefined): void {
    const other = this.named(name);
    if (other && other.id !== own) throw new Refusal(409, "Team name taken");
  }

  #get(id = ""): Team {
    const found = this.#all.get(Number(id));
    if (!found) throw new Refusal(404, "Team not found");
    return found;
  }
}

function told({ id, name, email, members }: Team): Values {
  return { id, uid: `team-${id}`, orgId: 1, name, email, memberCount: members.length, isProvisioned: false };
}
