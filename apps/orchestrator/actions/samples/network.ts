import { count, host, path, port, type Sample, script } from "./sample.ts";

/** What other hosts see, certificates among them. */
export const networkSamples: readonly Sample[] = [
  {
    name: "Web page answers",
    description: "Whether an address answers with status 200, within five seconds.",
    category: "network",
    action_type: "validation",
    operation: { type: "service_health", probe: { kind: "http", url: "{{url}}" }, max_latency_ms: 5_000 },
    parameters: { url: { type: "string", description: "address, for example https://example.org/health" } },
  },
  {
    name: "Port takes connections",
    description: "Whether a host takes a connection at a port, within five seconds, seen from the server.",
    category: "network",
    action_type: "validation",
    operation: {
      type: "shell_command",
      argv: script(
        `timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" && echo "$1 takes connections at port $2"`,
        ["host", "port"],
        "bash",
      ),
    },
    parameters: { host, port },
  },
  {
    name: "Name resolves",
    description: "The addresses that the server finds for a name.",
    category: "network",
    action_type: "validation",
    operation: { type: "shell_command", argv: ["getent", "ahosts", "{{host}}"] },
    parameters: { host },
  },
  {
    name: "Open ports",
    description: "At which ports the server takes connections.",
    category: "network",
    action_type: "validation",
    operation: { type: "shell_command", argv: ["ss", "--listening", "--tcp", "--udp", "--numeric"] },
  },
  {
    name: "Certificate of a host",
    description:
      "Fails when the certificate that a host shows expires within some days; says whose it is, and until when.",
    category: "security",
    action_type: "validation",
    operation: {
      type: "shell_command",
      argv: script(
        `certificate=$(openssl s_client -connect "$1:$2" -servername "$1" </dev/null 2>/dev/null | openssl x509) ||
  { echo "$1 shows no certificate at port $2" >&2; exit 1; }
echo "$certificate" | openssl x509 -noout -subject -issuer -enddate -checkend "$(($3 * 86400))"`,
        ["host", "port", "days"],
        "openssl",
      ),
    },
    parameters: { host, port, days: count("days that it has to hold", 14, 3_650) },
  },
  {
    name: "Certificate in a file",
    description: "Fails when a certificate on the server expires within some days.",
    category: "security",
    action_type: "validation",
    operation: {
      type: "shell_command",
      argv: script(
        'openssl x509 -in "$1" -noout -subject -issuer -enddate -checkend "$(($2 * 86400))"',
        ["path", "days"],
        "openssl",
      ),
    },
    parameters: { path, days: count("days that it has to hold", 14, 3_650) },
  },
];
