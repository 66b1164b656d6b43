import type { Value, Values } from "@homeslice/plugin/values.ts";
import { type DataSourceBody, dataSourceBody } from "./contract.ts";
import { Refusal } from "./refusal.ts";
import { nothing, type Route, route } from "./routes.ts";

type DataSource = DataSourceBody & { readonly id: number; readonly version: number };

/** Kinds without a part in the server: their health page fails, whether or not the source can be reached. */
const withoutBackend: ReadonlySet<string> = new Set(["alertmanager"]);

/** Where the data of dashboards comes from. Names and uids are unique; what is secret is never told again. */
export class DataSources {
  readonly #all = new Map<string, DataSource>();
  /** Why a source cannot be reached, by its uid. */
  readonly ills = new Map<string, string>();
  #count = 0;

  get uids(): string[] {
    return [...this.#all.keys()].sort();
  }

  /** A source with its secrets, as only the server knows it. */
  find(uid: string): DataSourceBody | undefined {
    return this.#all.get(uid);
  }

  /** What somebody else does with it. */
  change(uid: string, changes: Partial<Pick<DataSourceBody, "url" | "isDefault">>): void {
    this.#all.set(uid, { ...this.#get(uid), ...changes });
  }

  readonly routes: readonly Route[] = [
    route("GET /datasources", nothing, () => [...this.#all.values()].map(told)),
    route("POST /datasources", dataSourceBody, ({ body }) => this.#add(body)),
    route("GET /datasources/uid/{uid}", nothing, ({ path }) => told(this.#get(path["uid"]))),
    route("PUT /datasources/uid/{uid}", dataSourceBody, ({ path, body }) => this.#update(path["uid"], body)),
    route("DELETE /datasources/uid/{uid}", nothing, ({ path }) => {
      const { id, uid } = this.#get(path["uid"]);
      this.#all.delete(uid);
      return { id, message: "Data source deleted" };
    }),
    route("GET /datasources/uid/{uid}/health", nothing, ({ path }) => this.#health(path["uid"])),
    route("GET /datasources/proxy/uid/{uid}/{rest*}", nothing, ({ path }) => this.#forward(path["uid"])),
  ];

  #add(body: DataSourceBody): Values {
    const id = ++this.#count;
    const uid = body.uid || `made-up-${id}`;
    this.#requireUnique(body, undefined);
    if (this.#all.has(uid)) throw new Refusal(409, "data source with the same uid already exists");
    const added = { ...body, id, uid, version: 1 };
    this.#all.set(uid, added);
    this.#keepOneDefault(added);
    return { datasource: told(added), id, message: "Datasource added", name: added.name };
  }

  #update(known: string | undefined, body: DataSourceBody): Values {
    const before = this.#get(known);
    if (body.version !== undefined && body.version !== before.version)
      throw new Refusal(409, "Datasource has already been updated by someone else. Please reload and try again");
    this.#requireUnique(body, before.uid);
    const uid = body.uid || before.uid;
    if (uid !== before.uid) throw new Refusal(409, `the uid of "${body.name}" cannot become "${uid}"`);
    const secureJsonData = { ...before.secureJsonData, ...body.secureJsonData };
    const updated = { ...body, secureJsonData, id: before.id, uid, version: before.version + 1 };
    this.#all.set(uid, updated);
    this.#keepOneDefault(updated);
    return { datasource: told(updated), id: updated.id, message: "Datasource updated", name: updated.name };
  }

  #health(known: string | undefined): Value {
    const { uid, type } = this.#get(known);
    if (withoutBackend.has(type)) throw new Refusal(500, "Plugin unavailable", { messageId: "plugin.unavailable" });
    const ill = this.ills.get(uid);
    if (ill !== undefined) throw new Refusal(400, ill, { status: "ERROR" });
    return { status: "OK", message: "Data source is working" };
  }

  /** Passes a request on to the source, which answers something. */
  #forward(known: string | undefined): Value {
    const ill = this.ills.get(this.#get(known).uid);
    if (ill !== undefined) throw new Refusal(502, ill);
    return {};
  }

  #requireUnique({ name }: DataSourceBody, own: string | undefined): void {
    const taken = [...this.#all.values()].some((other) => other.name === name && other.uid !== own);
    if (taken) throw new Refusal(409, "data source with the same name already exists");
  }

  #keepOneDefault({ uid, isDefault }: DataSource): void {
    if (!isDefault) return;
    for (const other of this.#all.values()) if (other.uid !== uid) this.change(other.uid, { isDefault: false });
  }

  #get(uid = ""): DataSource {
    const found = this.#all.get(uid);
    if (!found) throw new Refusal(404, "Data source not found");
    return found;
  }
}

function told({ secureJsonData, ...source }: DataSource): Values {
  const secureJsonFields = Object.fromEntries(Object.keys(secureJsonData).map((key) => [key, true]));
  return { ...source, orgId: 1, readOnly: false, typeLogoUrl: "", secureJsonFields };
}
