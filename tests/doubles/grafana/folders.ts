import type { Values } from "@homeslice/plugin/values.ts";
import { createFolderBody, permissionsBody, updateFolderBody } from "./contract.ts";
import { Refusal } from "./refusal.ts";
import { nothing, type Route, route } from "./routes.ts";

interface Folder {
  readonly id: number;
  readonly uid: string;
  readonly title: string;
  readonly version: number;
}

/** Who may do what in a folder: a role, a team or a user. */
export interface Permission {
  readonly builtInRole?: string | undefined;
  readonly teamId?: number | undefined;
  readonly userId?: number | undefined;
  readonly permission: string;
}

/** What folders need to know of the rest. */
interface Surroundings {
  readonly teamExists: (id: number) => boolean;
  /** Deletes what is in a folder that goes. */
  readonly emptied: (uid: string) => void;
}

/** What a new folder of the topmost level permits. */
const initial: readonly Permission[] = [
  { builtInRole: "Editor", permission: "Edit" },
  { builtInRole: "Viewer", permission: "View" },
];

/** Folders and who may do what in them. */
export class Folders {
  readonly #all = new Map<string, Folder>();
  readonly #permissions = new Map<string, readonly Permission[]>();
  readonly #around: Surroundings;
  #count = 0;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  get uids(): string[] {
    return [...this.#all.keys()].sort();
  }

  has(uid: string): boolean {
    return this.#all.has(uid);
  }

  titleOf(uid: string): string {
    return this.#all.get(uid)?.title ?? "";
  }

  permissionsOf(uid: string): readonly Permission[] {
    return this.#permissions.get(uid) ?? [];
  }

  /** A team that is gone may do nothing any more. */
  forgetTeam(id: number): void {
    for (const [uid, held] of this.#permissions) {
      this.#permissions.set(
        uid,
        held.filter(({ teamId }) => teamId !== id),
      );
    }
  }

  readonly routes: readonly Route[] = [
    route("GET /folders", nothing, () => [...this.#all.values()].map(({ id, uid, title }) => ({ id, uid, title }))),
    route("POST /folders", createFolderBody, ({ body }) => {
      if (body.title === "") throw new Refusal(400, "folder title cannot be empty");
      if (body.parentUid && !this.has(body.parentUid)) throw new Refusal(400, "parent folder not found");
      const id = ++this.#count;
      const uid = body.uid || `made-up-${id}`;
      if (this.has(uid)) throw new Refusal(409, "a folder with the same UID already exists");
      this.#permissions.set(uid, initial);
      return this.#kept({ id, uid, title: body.title, version: 1 });
    }),
    route("GET /folders/{uid}", nothing, ({ path }) => told(this.#get(path["uid"]))),
    route("PUT /folders/{uid}", updateFolderBody, ({ path, body: { title, version, overwrite } }) => {
      const before = this.#get(path["uid"]);
      if (title === "") throw new Refusal(400, "folder title cannot be empty");
      if (!overwrite && version !== before.version) {
        const message = "the folder has been changed by someone else";
        throw new Refusal(412, message, { status: "version-mismatch" });
      }
      return this.#kept({ ...before, title, version: before.version + 1 });
    }),
    route("DELETE /folders/{uid}", nothing, ({ path }) => {
      const { id, uid, title } = this.#get(path["uid"]);
      this.#all.delete(uid);
      this.#permissions.delete(uid);
      this.#around.emptied(uid);
      return { id, title, message: `Folder ${title} deleted` };
    }),
    route("GET /access-control/folders/{uid}", nothing, ({ path }) =>
      this.permissionsOf(this.#get(path["uid"]).uid).map(shown),
    ),
    route("POST /access-control/folders/{uid}", permissionsBody, ({ path, body }) => {
      const { uid } = this.#get(path["uid"]);
      for (const { permission, ...who } of body.permissions) this.#permit(uid, who, permission);
      return { message: "Permissions updated" };
    }),
  ];

  #permit(uid: string, who: Omit<Permission, "permission">, permission: string): void {
    const named = [who.builtInRole, who.teamId, who.userId].filter((each) => each !== undefined);
    if (named.length !== 1) throw new Refusal(400, "a permission is for exactly one role, team or user");
    if (who.teamId !== undefined && !this.#around.teamExists(who.teamId)) throw new Refusal(400, "team not found");
    const isSame = (other: Permission) =>
      other.builtInRole === who.builtInRole && other.teamId === who.teamId && other.userId === who.userId;
    const others = this.permissionsOf(uid).filter((other) => !isSame(other));
    this.#permissions.set(uid, permission === "" ? others : [...others, { ...who, permission }]);
  }

  #kept(folder: Folder): Values {
    this.#all.set(folder.uid, folder);
    return told(folder);
  }

  #get(uid = ""): Folder {
    const found = this.#all.get(uid);
    if (!found) throw new Refusal(404, "folder not found", { status: "not-found" });
    return found;
  }
}

function told({ id, uid, title, version }: Folder): Values {
  return { id, uid, orgId: 1, title, version, url: `/dashboards/f/${uid}`, parents: [] };
}

function shown({ builtInRole, teamId, userId, permission }: Permission): Values {
  return {
    actions: [],
    isManaged: true,
    isInherited: false,
    permission,
    ...(builtInRole && { builtInRole }),
    ...(teamId && { teamId }),
    ...(userId && { userId }),
  };
}
