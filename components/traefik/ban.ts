import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "@homeslice/config";
import { BAN, PLUGINS } from "./static.ts";

/** Directory of the plugin in the container, whose working directory is the root. */
export const banDirectory = `/${PLUGINS}/src/${BAN.module}`;

/** The plugin that counts failed attempts and refuses their addresses: Go, which Traefik interprets. */
export function banFiles(): Readonly<Record<string, string>> {
  const source = join(import.meta.dirname, "ban");
  const names = readdirSync(source).filter((name) => name.endsWith(".go") || name === ".traefik.yml");
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(source, name), "utf8")]));
}

/** What bans, on every route; what counts where people log in; and what tells of both. */
export function banMiddlewares({ ban, trustedProxies }: Config["traefik"]) {
  const { enabled: _, ...limits } = ban;
  const settings = { ...limits, proxies: trustedProxies };
  const middleware = (values: object) => ({ plugin: { [BAN.name]: values } });
  return {
    ban: middleware(settings),
    "login-ban": middleware({ ...settings, login: true }),
    "ban-report": middleware({ report: true }),
  };
}

/** Measurements: Traefik's own, and after them those of the ban. */
export const banRouters = {
  metrics: {
    entryPoints: ["metrics"],
    rule: "Path(`/metrics`)",
    middlewares: ["ban-report"],
    service: "prometheus@internal",
  },
};
