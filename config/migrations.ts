import { z } from "zod";

/** The version of the configuration that this program reads. */
export const CONFIG_VERSION = 2;

/** One change of a settings file: a value that is set at a path, or with none what is taken away there. */
export interface Edit {
  /** From the top of the settings, without the namespace: `["services", "wiki", "role"]`. */
  readonly path: readonly string[];
  readonly value?: unknown;
}

type Values = Readonly<Record<string, unknown>>;

/** What leads from one version to the next: a pure function of the settings; none for those it has nothing to change in. */
interface Migration {
  readonly to: number;
  readonly edits: (settings: Values) => readonly Edit[];
}

const migrations: readonly Migration[] = [{ to: 2, edits: groupsOfServicesToAccess }];

const servicesWithGroups = z.record(
  z.string(),
  z.looseObject({ groups: z.array(z.unknown()).optional(), role: z.unknown().optional() }),
);

/**
 * Version 1 named the groups that may use a service in the service itself, and let nobody else in. Version 2 has them in
 * `access.services`, beside those of the service's role: the role of administrators lets in the fewest.
 */
function groupsOfServicesToAccess({ services, access }: Values): readonly Edit[] {
  const known = z.looseObject({ services: z.record(z.string(), z.unknown()) }).safeParse(access);
  return Object.entries(servicesWithGroups.safeParse(services).data ?? {}).flatMap(([name, { groups, role }]) => {
    if (!groups) return [];
    const taken = { path: ["services", name, "groups"] };
    if (groups.length === 0 || (known.success && name in known.data.services)) return [taken];
    const narrow = role === undefined ? [{ path: ["services", name, "role"], value: "admin" }] : [];
    return [taken, ...narrow, { path: ["access", "services", name], value: groups }];
  });
}

/**
 * The edits that bring settings up to date, in order; none when they are. Settings that say nothing of their version are
 * looked through by every migration.
 *
 * @param version what the settings say of themselves
 */
export function pendingEdits(settings: Values, version: number | undefined): readonly Edit[] {
  let current = settings;
  const found = migrations
    .filter(({ to }) => to > (version ?? 1))
    .flatMap(({ edits }) => {
      const next = edits(current);
      current = next.reduce(edited, current);
      return next;
    });
  const outdated = version !== undefined && version < CONFIG_VERSION;
  return outdated || found.length > 0 ? [...found, { path: ["version"], value: CONFIG_VERSION }] : [];
}

/** The settings after an edit. */
function edited(settings: Values, { path: [key, ...rest], value }: Edit): Values {
  if (key === undefined) return settings;
  const { [key]: old, ...others } = settings;
  if (rest.length === 0) return value === undefined ? others : { ...settings, [key]: value };
  const group = z.record(z.string(), z.unknown()).catch({}).parse(old);
  return { ...settings, [key]: edited(group, { path: rest, value }) };
}
