import { bytesOf } from "./notations.ts";
import type { Problem } from "./problems.ts";
import type { Settings } from "./schema.ts";

/** Mistakes that lie between the settings of PostgreSQL. */
export function postgresqlProblems(settings: Settings): Problem[] {
  const { highAvailability } = settings.postgresql;
  return [
    ...oneMajorVersion(settings),
    ...connectionsFit(settings),
    ...parametersAreFree(settings),
    ...(highAvailability ? [...oneInstanceToLose(settings), ...operatorComesFirst(settings)] : oneInstance(settings)),
  ];
}

/** The server's own needs and those of every connection, roughly, as its documentation has them. */
const serverBase = bytesOf("256Mi");
const connectionShare = bytesOf("2Mi");

/** Settings on which probes, passwords or the mounted volume rely. */
const ownedParameters = [
  "config_file",
  "data_directory",
  "hba_file",
  "listen_addresses",
  "password_encryption",
  "port",
];

/** Settings that CloudNativePG refuses because replication, its files or its log rely on them; those of recovery apart. */
const operatorParameters = [
  "allow_system_table_mods",
  "archive_cleanup_command",
  "archive_command",
  "archive_mode",
  "cluster_name",
  "hot_standby",
  "ident_file",
  "log_destination",
  "log_directory",
  "log_filename",
  "logging_collector",
  "primary_conninfo",
  "primary_slot_name",
  "recovery_min_apply_delay",
  "restart_after_crash",
  "restore_command",
  "shared_preload_libraries",
  "ssl",
  "ssl_ca_file",
  "ssl_cert_file",
  "ssl_key_file",
  "synchronized_standby_slots",
  "synchronous_standby_names",
  "temp_tablespaces",
  "unix_socket_directories",
];

function oneMajorVersion({ images }: Settings): Problem[] {
  return (["postgresql", "postgresql-ha"] as const).flatMap((name) => {
    const major = /:(\d+)/.exec(images.references[name].replace(/^[^/]*\//, ""))?.[1];
    if (major === undefined || major === "18") return [];
    const message = `is PostgreSQL ${major}, and the data volume is laid out for 18: use an image of 18`;
    return [{ path: `images.references.${name}`, message }];
  });
}

function connectionsFit({ postgresql }: Settings): Problem[] {
  const { memory } = postgresql.resources.limits;
  const connections = Math.floor((bytesOf(memory) - serverBase) / connectionShare);
  if (postgresql.maxConnections <= connections) return [];
  const message = `${postgresql.maxConnections} do not fit into ${memory}: raise postgresql.resources.limits.memory or lower it`;
  return [{ path: "postgresql.maxConnections", message }];
}

function parametersAreFree({ postgresql: { settings, highAvailability } }: Settings): Problem[] {
  const taken = (owner: string, names: readonly string[]) =>
    names
      .filter((name) => name in settings)
      .map((name) => ({ path: `postgresql.settings.${name}`, message: `is set by ${owner} itself: leave it out` }));
  return [
    ...taken("Homeslice", ownedParameters),
    ...(highAvailability ? taken("CloudNativePG", operatorParameters) : []),
  ];
}

function oneInstance({ postgresql }: Settings): Problem[] {
  return (["instances", "synchronous"] as const)
    .filter((name) => postgresql[name] !== undefined)
    .map((name) => ({
      path: `postgresql.${name}`,
      message: "means nothing to a single server: set postgresql.highAvailability to true, or leave it out",
    }));
}

function oneInstanceToLose({ postgresql: { instances = 3, synchronous } }: Settings): Problem[] {
  const most = instances - 2;
  const number = synchronous?.number ?? 1;
  if (number <= most) return [];
  const message = `${number} of ${instances - 1} standbys would stop every write when one instance is lost: use at most ${most}, or more instances`;
  return [{ path: "postgresql.synchronous.number", message }];
}

function operatorComesFirst({ cluster }: Settings): Problem[] {
  if (!cluster.k3d) return [];
  const message =
    "needs CloudNativePG in the cluster beforehand, and cluster.k3d is made with the stack: use an existing cluster";
  return [{ path: "postgresql.highAvailability", message }];
}
