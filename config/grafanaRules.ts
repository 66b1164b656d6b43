import type { Problem } from "./problems.ts";
import type { Settings } from "./schema.ts";
import { PLATFORM_FOLDER } from "./settings/grafana.ts";

/** What lies between the folders of Grafana and its teams. */
export function grafanaProblems({ grafana: { folders, teams, api } }: Settings): Problem[] {
  const strangers = Object.entries(folders).flatMap(([uid, folder]) =>
    Object.keys(folder.teams)
      .filter((team) => !(team in teams))
      .map((team) => ({
        path: `grafana.folders.${uid}.teams.${team}`,
        message: "is no team: name it under grafana.teams as well",
      })),
  );
  const message = "is the folder of the platform's own dashboards: choose another uid";
  const taken = PLATFORM_FOLDER in folders ? [{ path: `grafana.folders.${PLATFORM_FOLDER}`, message }] : [];
  return [...strangers, ...taken, ...oneWay(api)];
}

function oneWay({ address, port }: Settings["grafana"]["api"]): Problem[] {
  if (address === undefined || port === undefined) return [];
  const message = "leads through the cluster, which grafana.api.address makes needless: keep one of the two";
  return [{ path: "grafana.api.port", message }];
}
