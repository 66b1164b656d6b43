import { platformServices } from "./edgeRules.ts";
import type { Problem } from "./problems.ts";
import type { Settings } from "./schema.ts";

/** What lies between the settings of Authentik and those of the home page. */
export function identityProblems(settings: Settings): Problem[] {
  return [...trustsTheRight(settings), ...bookmarksNamedOnce(settings), ...servicesExist(settings)];
}

function trustsTheRight({ authentik: { trustedProxies } }: Settings): Problem[] {
  const path = "authentik.trustedProxies";
  const everybody = trustedProxies.find((range) => range.endsWith("/0"));
  const problems: Problem[] = [];
  if (everybody) {
    const message = `${everybody} trusts everybody's word on who they are: name the range of the cluster's pods`;
    problems.push({ path, message });
  }
  if (!trustedProxies.some((range) => range.startsWith("127."))) {
    problems.push({ path, message: "leaves out 127.0.0.0/8, where Authentik's own proxy calls from: add it" });
  }
  return problems;
}

/** One heading of the home page, one list of links: a second of that name would take the place of the first. */
function bookmarksNamedOnce({ homepage, services }: Settings): Problem[] {
  const headings = new Set([...tileGroups, ...Object.values(services).flatMap(({ tile }) => tile?.group ?? [])]);
  return Object.keys(homepage.bookmarks)
    .filter((group) => headings.has(group))
    .map((group) => ({
      path: `homepage.bookmarks.${group}`,
      message: "is a heading of services already: choose another",
    }));
}

function servicesExist({ access, services }: Settings): Problem[] {
  const known = [...platformServices, ...Object.keys(services)];
  return Object.keys(access.services)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: `access.services.${name}`,
      message: "is no service: use the name of one, for example grafana",
    }));
}

/** Headings that the services of the platform stand under on the home page. */
export const tileGroups = ["Automation", "Platform", "Observability"] as const;
