import { type Complaint, UserError } from "@homeslice/config";

/** A failure of the engine or of a provider that is known by its words, and what the user can do about it. */
interface Failure {
  readonly code: string;
  readonly pattern: RegExp;
  readonly what: (match: RegExpExecArray) => string;
  readonly fix: string;
}

/** Every known failure; the first that fits is told. Their words are those of the engine and the official providers. */
const FAILURES: readonly Failure[] = [
  {
    code: "stack.locked",
    pattern: /the stack is currently locked by[\s\S]*?created by (\S+) \(pid (\d+)\) at (\S+)/,
    what: ([, user, pid, since]) =>
      `another run is under way on this stack: by ${user}, process ${pid}, since ${since}`,
    fix: "Wait for it to end. If it is known to be dead, on a machine that is gone for example, release its lock with `pulumi cancel`. Nothing was changed.",
  },
  {
    code: "stack.locked",
    pattern: /\[409\] Conflict: Another update is currently in progress/,
    what: () => "another run is under way on this stack",
    fix: "Wait for it to end, or release it with `pulumi cancel` if it is known to be dead. Nothing was changed.",
  },
  {
    code: "stack.locked",
    pattern: /failed to load checkpoint: (?:unexpected )?EOF/,
    what: () => "another run is writing the state of this stack at this moment",
    fix: "Wait for it to end and run this again. Nothing was changed.",
  },
  {
    code: "passphrase.wrong",
    pattern: /incorrect passphrase|passphrase must be set with PULUMI_CONFIG_PASSPHRASE/i,
    what: () => "the passphrase does not open the secrets of this stack",
    fix: "Set PULUMI_CONFIG_PASSPHRASE to the one that the stack was created with, or restore the file `passphrase` of the data directory.",
  },
  {
    code: "backend.unauthorized",
    pattern: /PULUMI_ACCESS_TOKEN must be set|invalid access token/,
    what: () => "the state backend wants a login",
    fix: "Set PULUMI_ACCESS_TOKEN, or name another backend with --backend.",
  },
  {
    code: "backend.unreachable",
    pattern:
      /(?:unable to open bucket|could not get cloud url|unable to check if bucket .* is accessible|failed to open bucket)[^\n]*/,
    what: ([line]) => `the state backend cannot be used: ${line}`,
    fix: "Check --backend or PULUMI_BACKEND_URL, and the credentials for it.",
  },
  {
    code: "plugin.missing",
    pattern:
      /(?:no resource plugin '([^']+)' found|Could not automatically download and install resource plugin '([^']+)')/,
    what: ([, missing, failed]) =>
      `the provider plugin ${missing ?? failed} is not installed and could not be downloaded`,
    fix: "Let this machine reach the plugin's download site, or install it once with `pulumi plugin install`.",
  },
  {
    code: "grafana.unreachable",
    pattern:
      /(?:Get|Post|Put|Delete) "https?:[^"]*\/api\/(?:access-control|dashboards|datasources|folders|search|teams)[^\n]*/,
    what: ([line]) => `Grafana did not answer: ${line}`,
    fix: "Look at its pods (kubectl get pods,events -A); when it answers again, run the same command again: it goes on where this run ended.",
  },
  {
    code: "grafana.exists",
    pattern: /\[POST \/(?:folders|datasources|teams)\]\[(?:409|412)\][^\n]*/,
    what: ([line]) => `Grafana already has what is to be created, and it is not from this stack: ${line}`,
    fix: "Delete or rename it in Grafana, or take it over with `pulumi import` by `1:` and its uid; then run the same command again.",
  },
  {
    code: "grafana.occupied",
    pattern: /folder \S+ is not empty and prevent_destroy_if_not_empty is set[^\n]*/,
    what: ([line]) => `a folder of Grafana goes, in which people keep something: ${line}`,
    fix: "Let them move or delete it in Grafana, then run the same command again.",
  },
  {
    code: "cluster.unreachable",
    pattern:
      /configured Kubernetes cluster is unreachable:?([^\n]*)|dial tcp [^\n]*(connection refused|no such host|i\/o timeout)/,
    what: ([, reason, cause]) => `the cluster stopped answering during the run:${reason || ` ${cause}`}`,
    fix: "Bring the cluster back and run the same command again: it goes on where this run ended.",
  },
  {
    code: "cluster.forbidden",
    pattern: /[^\n]*\bis forbidden: [^\n]*/,
    what: ([line]) => `the cluster does not permit this: ${line.trim()}`,
    fix: "Give the user of this context the right that the message names, or choose another context with --context.",
  },
  {
    code: "cluster.conflict",
    pattern: /Server-Side Apply field conflict|Apply failed with \d+ conflicts?: conflict with "([^"]+)"/,
    what: ([, manager]) => `somebody else manages fields that Homeslice sets${manager ? `: ${manager}` : ""}`,
    fix: 'Let the other one give up those fields, or take them over once by setting the annotation `pulumi.com/patchForce: "true"` on the object.',
  },
  {
    code: "cluster.postgresql-operator",
    pattern: /no matches for kind "Cluster" in version "postgresql\.cnpg\.io\/v1"/,
    what: () => "postgresql.highAvailability needs the operator CloudNativePG, which is not in the cluster",
    fix: "Install the operator once, as docs/postgresql.md says, and run the same command again: it goes on where this run ended.",
  },
  {
    code: "cluster.timeout",
    pattern:
      /timed out waiting (?:to be Ready|for the condition)|Timeout occurred for '([^']+)'|did not become ready in time/i,
    what: ([, name]) => `${name ? `"${name}"` : "a workload"} did not become ready in time`,
    fix: "Look at its pods and events (kubectl get pods,events -A); then run the same command again: it goes on where this run ended.",
  },
  {
    code: "data.protected",
    pattern: /resource "([^"]+)" cannot be (?:deleted|replaced)|[Rr]efusing to delete protected resource "?([^"\s]+)/,
    what: ([, urn, other]) =>
      `${lastPart(urn ?? other ?? "")} holds data and is protected: it is not deleted or replaced`,
    fix: "Undo the change of configuration that would replace it. To give the data up on purpose, set homeslice:safety.protectData to false, run `up`, and run this again.",
  },
];

/** What the engine said, in the order it was said: the messages about resources, then its own. */
export interface EngineFailure {
  readonly diagnostics: readonly string[];
  readonly text: string;
  readonly stack: string;
}

/** The known failure that these words tell of, else the words themselves. */
export function explain(failure: EngineFailure, cause?: unknown): UserError {
  const said = [...failure.diagnostics, failure.text].join("\n");
  const where = `stack ${failure.stack}`;
  for (const { code, pattern, what, fix } of FAILURES) {
    const match = pattern.exec(said);
    if (!match) continue;
    const detail = code === "cluster.timeout" ? details(failure) : "";
    return new UserError({ code, where, what: what(match) + detail, fix }, { cause });
  }
  return new UserError({ ...unknownFailure(failure), where }, { cause });
}

function unknownFailure(failure: EngineFailure): Complaint {
  const what =
    failure.diagnostics.length > 0 ? `the run failed:${details(failure)}` : `the engine failed:\n${failure.text}`;
  return {
    code: "engine.failed",
    what,
    fix: "Correct the cause and run the same command again: it goes on where this run ended.",
  };
}

function details({ diagnostics }: EngineFailure): string {
  return diagnostics.map((line) => `\n  ${line.replaceAll("\n", "\n  ")}`).join("");
}

const lastPart = (urn: string) => urn.split("::").slice(-2).join(" ").replace(/^.*:/, "");
