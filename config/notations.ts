import { z } from "zod";

/** A string in one notation; anything else is refused with the notation's name and advice on how to write it. */
function notation(name: string, pattern: RegExp, advice: string) {
  const error = ({ input }: { readonly input?: unknown }) =>
    input === undefined ? `is missing: ${advice}` : `${JSON.stringify(input)} is not ${name}: ${advice}`;
  return z
    .string({ error })
    .regex(pattern, { error })
    .meta({ title: name.replace(/^(?:an?|the) /, "") });
}

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

/** A fully qualified domain name in lower case, without a trailing dot. */
export const domainName = notation(
  "a domain name",
  new RegExp(`^(?=.{4,240}$)(?:${label}\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`),
  "use one you own, for example home.example.org",
);

/** Memory or storage: a whole number with Mi, Gi or Ti. */
export const size = notation(
  "a size",
  /^[1-9]\d*(?:Mi|Gi|Ti)$/,
  "use a whole number with Mi, Gi or Ti, for example 512Mi",
);

/** Processor time: cores ("2", "0.5") or thousandths of a core ("250m"). */
export const cpu = notation(
  "an amount of CPU",
  /^(?:[1-9]\d*m?|0\.\d{0,2}[1-9])$/,
  'use cores or thousandths of a core in quotes, for example "1" or "250m"',
);

/** An image reference with a tag, a digest or both; never the moving tag `latest`. */
export const imageReference = notation(
  "a pinned image",
  /^(?!.*:latest(?:@|$))[a-z0-9][\w.-]*(?::\d+)?(?:\/[\w.-]+)+(?::[\w.-]+|(?::[\w.-]+)?@sha256:[a-f0-9]{64})$/,
  "write registry/name:tag or registry/name:tag@sha256:…, with a tag other than latest",
);

/** A registry or a path in one, without a tag: `registry.example.org/homeslice`. */
export const repository = notation(
  "an image registry",
  /^[a-z0-9][a-z0-9.-]*(?::\d+)?(?:\/[a-z0-9][a-z0-9._-]*)*$/,
  "write host[:port][/path] without https://, for example registry.example.org/homeslice",
);

/** A name as Kubernetes objects have. */
export const objectName = notation(
  "a Kubernetes name",
  new RegExp(`^${label}(?:\\.${label})*$`),
  "use lower-case letters, digits and hyphens, for example fast-ssd",
);

/** A program on the node, by its absolute path. */
export const programPath = notation(
  "the absolute path of a program",
  /^(?:\/[\w.+-]+)+$/,
  "write it in full, for example /usr/bin/df",
);

/** The name of a server setting of PostgreSQL. */
export const parameterName = notation(
  "the name of a PostgreSQL setting",
  /^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)?$/,
  "use names as in postgresql.conf, for example random_page_cost",
);

/** Where something is on the web. */
export const webAddress = notation(
  "a web address",
  /^https?:\/\/[^\s/?#]+(?:[/?#]\S*)?$/,
  "write it in full, for example https://hooks.example.org/alerts",
);

/** Somebody's mail address. */
export const emailAddress = notation(
  "a mail address",
  /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/,
  "write name@host, for example admin@example.org",
);

/** A host with the port of a service on it. */
export const hostAndPort = notation(
  "a host with a port",
  /^[A-Za-z0-9][A-Za-z0-9.-]*:[1-9]\d{1,4}$/,
  "write host:port, for example smtp.example.org:587",
);

/** Times of recurring work: minute, hour, day of the month, month, day of the week. */
export const cronSchedule = notation(
  "a schedule",
  /^(?:[\d*][\d*,/-]*\s+){4}[\d*][\d*,/-]*$/,
  'use the five fields of cron in quotes, for example "15 2 * * *" for 02:15 of every day',
);

/** The address of a bucket. */
export const bucketUrl = notation(
  "the address of a bucket",
  /^https?:\/\/[a-z0-9.-]+(?::\d+)?(?:\/[\w.-]+)+$/,
  "write https://HOST/BUCKET or https://HOST/BUCKET/PATH",
);

/** Addresses of a network: one, or a range in CIDR notation. */
export const addressRange = notation(
  "an address range",
  /^(?:\d{1,3}(?:\.\d{1,3}){3}(?:\/(?:[12]?\d|3[0-2]))?|[0-9a-f:]*:[0-9a-f:]*(?:\/(?:\d{1,2}|1[01]\d|12[0-8]))?)$/,
  "write an address or a range, for example 10.0.0.0/8",
);

/** The name of an environment variable. */
export const variableName = notation(
  "the name of a variable",
  /^[A-Za-z_]\w*$/,
  "use letters, digits and underscores, for example LOG_LEVEL",
);

/** What names a folder of dashboards for good, whatever its title. */
export const folderUid = notation(
  "the uid of a folder",
  /^[A-Za-z0-9_-]{1,40}$/,
  "use up to 40 letters, digits, hyphens and underscores, for example sales",
);

/** One part of a host name. */
export const hostLabel = notation(
  "a name under the domain",
  new RegExp(`^${label}$`),
  "use lower-case letters, digits and hyphens, without a dot, for example wiki",
);

/** The name of a service; objects that belong to it append to it. */
export const serviceName = notation(
  "the name of a service",
  /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
  "use up to 40 lower-case letters, digits and hyphens, a letter first, for example wiki",
);

const unitBytes = { Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;

/** The number of bytes in a size such as "512Mi". */
export function bytesOf(text: string): number {
  const unit = text.endsWith("Ti") ? "Ti" : text.endsWith("Gi") ? "Gi" : "Mi";
  return Number(text.slice(0, -unit.length)) * unitBytes[unit];
}

/** The thousandths of a core in an amount of CPU such as "250m" or "1". */
export function millicoresOf(text: string): number {
  return text.endsWith("m") ? Number(text.slice(0, -1)) : Number(text) * 1000;
}
