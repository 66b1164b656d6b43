import { createHash } from "node:crypto";
import { type Config, PLATFORM_FOLDER } from "@homeslice/config";
import * as homeslice from "@homeslice/provider";
import * as pulumi from "@pulumi/pulumi";
import * as grafana from "@pulumiverse/grafana";
import { type Component, objectName } from "../kit/index.ts";
import type { GrafanaApi } from "./api.ts";
import { dashboards } from "./dashboards/index.ts";
import type { DataSource } from "./datasources.ts";

/** The administrator that comes with the first start. */
const ADMINISTRATOR = "admin";
/** How patiently a Grafana that restarts is asked again. */
const PATIENCE = { retries: 30, retryWait: 2 };

type Settings = Config["grafana"];
type Permissions = grafana.types.input.oss.FolderPermissionPermission[];

export interface ContentsArgs {
  readonly api: Pick<GrafanaApi, "url">;
  readonly password: pulumi.Output<string>;
  readonly certificateAuthority: pulumi.Output<string> | undefined;
  readonly settings: Pick<Settings, "teams" | "folders">;
  readonly sources: Readonly<Record<string, DataSource>>;
  /** What has to stand before Grafana answers. */
  readonly ready: readonly pulumi.Resource[];
}

/**
 * What is in Grafana: sources of data, each tried once it is there, folders with what teams may do in them, and the
 * dashboards of the platform. All of it goes before Grafana does, and without asking when the database goes as well.
 */
export class Contents {
  readonly #owner: Component;
  readonly #args: ContentsArgs;
  readonly #options: pulumi.CustomResourceOptions;

  constructor(owner: Component, args: ContentsArgs) {
    this.#owner = owner;
    this.#args = args;
    const { ready } = args;
    const deletedWith = owner.environment.platform.resource;
    this.#options = { parent: owner, provider: this.#connect(), dependsOn: [...ready], deletedWith };
    this.#createDataSources();
    this.#createDashboards();
    this.#createFolders(this.#createTeams());
  }

  #connect(): grafana.Provider {
    const { api, password, certificateAuthority } = this.#args;
    const auth = pulumi.secret(pulumi.interpolate`${ADMINISTRATOR}:${password}`);
    const trust = api.url.startsWith("https:") && certificateAuthority ? { caCert: certificateAuthority } : {};
    const args = { url: api.url, auth, ...PATIENCE, ...trust };
    return new grafana.Provider(this.#label("api"), args, { parent: this.#owner });
  }

  #createDataSources(): void {
    const checks = new homeslice.Checks(this.#label("checks"), { parent: this.#owner });
    for (const [name, { args, health }] of Object.entries(this.#args.sources)) {
      const source = new grafana.oss.DataSource(this.#label("datasource", name), args, this.#options);
      const { api, password, certificateAuthority } = this.#args;
      new homeslice.DataSourceCheck(
        this.#label("check", name),
        {
          url: `${api.url}${health}`,
          user: ADMINISTRATOR,
          password,
          dataSource: name,
          revision: revisionOf(args),
          ...(certificateAuthority && { caCert: certificateAuthority }),
        },
        {
          parent: this.#owner,
          provider: checks,
          dependsOn: [source, ...this.#owner.environment.componentsOf(name)],
        },
      );
    }
  }

  #createDashboards(): void {
    const folder = this.#folder(PLATFORM_FOLDER, "Platform", [
      { role: "Viewer", permission: "View" },
      { role: "Editor", permission: "View" },
    ]);
    for (const [name, dashboard] of Object.entries(dashboards)) {
      const args = { configJson: JSON.stringify(dashboard), folder: folder.uid, overwrite: true };
      new grafana.oss.Dashboard(this.#label("dashboard", name), args, this.#options);
    }
  }

  #createTeams(): ReadonlyMap<string, pulumi.Output<string>> {
    const teams = Object.entries(this.#args.settings.teams).map(([name, { email }]) => {
      const team = new grafana.oss.Team(
        this.#label("team", objectName(name)),
        { name, ...(email && { email }) },
        this.#options,
      );
      return [name, team.teamId.apply(String)] as const;
    });
    return new Map(teams);
  }

  #createFolders(teams: ReadonlyMap<string, pulumi.Output<string>>): void {
    for (const [uid, settings] of Object.entries(this.#args.settings.folders)) {
      const { title, viewers, editors } = settings;
      const granted = Object.entries(settings.teams).flatMap(([name, right]) => {
        const teamId = teams.get(name);
        return teamId ? [{ teamId, permission: permissions[right] }] : [];
      });
      this.#folder(uid, title, [...ofRole("Viewer", viewers), ...ofRole("Editor", editors), ...granted]);
    }
  }

  #folder(uid: string, title: string, granted: Permissions): grafana.oss.Folder {
    // What people keep in a folder is theirs: as long as there is something, the folder stays.
    const args = { uid, title, preventDestroyIfNotEmpty: true };
    const folder = new grafana.oss.Folder(this.#label("folder", uid), args, this.#options);
    const rights = { folderUid: folder.uid, permissions: granted };
    new grafana.oss.FolderPermission(this.#label("permissions", uid), rights, this.#options);
    return folder;
  }

  #label(...parts: readonly string[]): string {
    return [this.#owner.name, ...parts].join("-");
  }
}

/** Another text whenever anything about a source of data is another; nobody can tell from it what. */
function revisionOf(args: grafana.oss.DataSourceArgs): pulumi.Output<string> {
  return pulumi.jsonStringify(args).apply((text) => createHash("sha256").update(text).digest("hex"));
}

const permissions = { view: "View", edit: "Edit", admin: "Admin" } as const;

function ofRole(role: "Viewer" | "Editor", right: Settings["folders"][string]["viewers"]): Permissions {
  return right === "none" ? [] : [{ role, permission: permissions[right] }];
}
