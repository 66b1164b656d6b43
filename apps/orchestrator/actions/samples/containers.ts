import { careful, count, type Sample, script } from "./sample.ts";

const node = {
  type: "string",
  description: "name of the node in its cluster",
  validation: { format: "hostname" },
} as const;

/** Docker, and nodes of Kubernetes. */
export const containerSamples: readonly Sample[] = [
  {
    name: "Disk usage of Docker",
    description: "How much room images, containers and volumes take.",
    action_type: "validation",
    operation: { type: "shell_command", argv: ["docker", "system", "df"] },
  },
  {
    name: "Clean up Docker",
    description:
      "Deletes stopped containers, unused networks and images that nothing uses, older than some hours. Volumes stay.",
    action_type: "maintenance",
    operation: {
      type: "shell_command",
      argv: script('docker system prune --all --force --filter "until=$1h"', ["hours"], "docker"),
    },
    parameters: { hours: count("hours", 168, 8_760) },
    execution_config: { timeout_seconds: 1_800, ...careful },
  },
  {
    name: "Unhealthy containers",
    description: "Fails when a container is unhealthy or starts again and again, and says which.",
    category: "application",
    action_type: "validation",
    operation: {
      type: "shell_command",
      argv: script(
        `sick=$(docker ps --filter health=unhealthy | tail -n +2; docker ps --filter status=restarting | tail -n +2)
if [ -z "$sick" ]; then echo "no container is unhealthy"; else echo "$sick"; exit 1; fi`,
        [],
        "docker",
      ),
    },
  },
  {
    name: "Restart a container",
    description: "Restarts a container of Docker.",
    category: "application",
    action_type: "maintenance",
    operation: { type: "shell_command", argv: ["docker", "restart", "{{container}}"] },
    parameters: { container: { type: "string", validation: { format: "name" } } },
    execution_config: { timeout_seconds: 120, ...careful },
  },
  {
    name: "Nodes are ready",
    description: "Fails when a node of the cluster is not ready; runs where kubectl has access.",
    action_type: "validation",
    operation: {
      type: "shell_command",
      argv: script(
        `nodes=$(kubectl get nodes --no-headers)
echo "$nodes"
echo "$nodes" | awk '$2 !~ /^Ready/ { broken = 1 } END { exit broken }'`,
        [],
        "kubectl",
      ),
    },
  },
  {
    name: "Drain a node",
    description: "Lets no new pod onto a node, and moves those that are there; runs where kubectl has access.",
    action_type: "maintenance",
    operation: {
      type: "shell_command",
      argv: script(
        'kubectl drain "$1" --ignore-daemonsets --delete-emptydir-data --timeout="$2"s',
        ["node", "seconds"],
        "kubectl",
      ),
    },
    parameters: { node, seconds: count("seconds that it may take", 600, 3_600) },
    execution_config: { timeout_seconds: 3_900, ...careful },
  },
  {
    name: "Take a node back",
    description: "Lets pods onto a node again that was drained.",
    action_type: "maintenance",
    operation: { type: "shell_command", argv: ["kubectl", "uncordon", "{{node}}"] },
    parameters: { node },
    execution_config: careful,
  },
  {
    name: "Clean up images of a node",
    description: "Deletes images on a node of Kubernetes that no container uses.",
    action_type: "maintenance",
    operation: { type: "shell_command", argv: ["crictl", "rmi", "--prune"] },
    execution_config: { timeout_seconds: 1_800, ...careful },
  },
];
