import type { Values } from "@homeslice/plugin/values.ts";
import { valuesSchema } from "@homeslice/plugin/values.ts";
import type { z } from "zod";
import { saveDashboardBody } from "./contract.ts";
import { Refusal } from "./refusal.ts";
import { nothing, type Route, route } from "./routes.ts";

interface Dashboard {
  readonly id: number;
  readonly uid: string;
  readonly title: string;
  readonly version: number;
  readonly folderUid: string;
  /** As it was sent. */
  readonly model: Values;
}

/** What dashboards need to know of folders. */
interface Folders {
  has(uid: string): boolean;
}

/** Dashboards with their versions. */
export class Dashboards {
  readonly #all = new Map<string, Dashboard>();
  readonly #folders: Folders;
  #count = 0;

  constructor(folders: Folders) {
    this.#folders = folders;
  }

  get uids(): string[] {
    return [...this.#all.keys()].sort();
  }

  find(uid: string): Dashboard | undefined {
    return this.#all.get(uid);
  }

  /** What becomes of the dashboards of a folder that is deleted. */
  deleteIn(folder: string): void {
    for (const { uid, folderUid } of this.#all.values()) if (folderUid === folder) this.#all.delete(uid);
  }

  readonly routes: readonly Route[] = [
    route("POST /dashboards/db", saveDashboardBody, ({ body }) => this.#save(body)),
    route("GET /dashboards/uid/{uid}", nothing, ({ path }) => {
      const { id, uid, version, folderUid, model } = this.#get(path["uid"]);
      const meta = { folderUid, url: `/d/${uid}/${uid}`, version, provisioned: false, type: "db" };
      return { dashboard: { ...model, id, uid, version }, meta };
    }),
    route("DELETE /dashboards/uid/{uid}", nothing, ({ path }) => {
      const { uid, title } = this.#get(path["uid"]);
      this.#all.delete(uid);
      return { message: `Dashboard ${title} deleted`, title };
    }),
    route("GET /search", nothing, ({ query }) => {
      const folders = query.getAll("folderUIDs");
      const found = [...this.#all.values()].filter(
        ({ folderUid }) => folders.length === 0 || folders.includes(folderUid),
      );
      return found.map(({ id, uid, title, folderUid }) => ({ id, uid, title, type: "dash-db", folderUid }));
    }),
  ];

  #save({ dashboard, folderUid, overwrite }: z.output<typeof saveDashboardBody>): Values {
    if (dashboard.title === "") throw new Refusal(400, "Dashboard title cannot be empty");
    if (folderUid !== "" && !this.#folders.has(folderUid)) throw new Refusal(400, "folder not found");
    const before = this.#before(dashboard.id, dashboard.uid);
    if (before && !overwrite && dashboard.version !== before.version) {
      const message = "The dashboard has been changed by someone else";
      throw new Refusal(412, message, { status: "version-mismatch" });
    }
    const id = before?.id ?? ++this.#count;
    const uid = dashboard.uid || before?.uid || `made-up-${id}`;
    const version = (before?.version ?? 0) + 1;
    if (before && before.uid !== uid) this.#all.delete(before.uid);
    this.#all.set(uid, { id, uid, title: dashboard.title, version, folderUid, model: valuesSchema.parse(dashboard) });
    return { id, uid, version, folderUid, title: dashboard.title, status: "success", url: `/d/${uid}/${uid}` };
  }

  /** The dashboard that a request is about: by number, else by uid. */
  #before(id: number | null | undefined, uid: string | null | undefined): Dashboard | undefined {
    if (!id) return uid ? this.#all.get(uid) : undefined;
    const found = [...this.#all.values()].find((dashboard) => dashboard.id === id);
    if (!found) throw new Refusal(404, "Dashboard not found");
    return found;
  }

  #get(uid = ""): Dashboard {
    const found = this.#all.get(uid);
    if (!found) throw new Refusal(404, "Dashboard not found");
    return found;
  }
}
