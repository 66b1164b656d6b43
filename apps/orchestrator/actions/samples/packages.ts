import { careful, type Sample, script } from "./sample.ts";

const quiet = { DEBIAN_FRONTEND: "noninteractive" };

/** Packages of Debian and what comes from it. */
export const packageSamples: readonly Sample[] = [
  {
    name: "Updates that are available",
    description: "Which packages would be updated, by what the server knows; installs nothing. Debian, Ubuntu.",
    action_type: "validation",
    operation: {
      type: "shell_command",
      argv: script(
        `apt-get --simulate --quiet upgrade | awk '/^Inst/ { print; found++ } END { print found + 0 " packages would be updated" }'`,
        [],
        "apt-get",
      ),
    },
  },
  {
    name: "Install updates",
    description: "Updates all packages, and keeps configuration files as they are. Debian, Ubuntu.",
    action_type: "maintenance",
    operation: {
      type: "shell_command",
      argv: script(
        `apt-get --quiet update
apt-get --quiet --yes -o Dpkg::Options::=--force-confold upgrade`,
        [],
        "apt-get",
      ),
      environment_vars: quiet,
    },
    execution_config: { timeout_seconds: 3_600, ...careful },
  },
  {
    name: "Install packages",
    description: "Installs packages, or brings them up to date. Debian, Ubuntu.",
    action_type: "maintenance",
    operation: {
      type: "shell_command",
      argv: ["apt-get", "--quiet", "--yes", "--no-install-recommends", "install", "--", "{{packages}}"],
      environment_vars: quiet,
    },
    parameters: {
      packages: {
        type: "list",
        items: { type: "string", validation: { pattern: "[a-z0-9][a-z0-9+.-]+" } },
        min_items: 1,
        max_items: 50,
      },
    },
    execution_config: { timeout_seconds: 1_800, ...careful },
  },
  {
    name: "Restart is needed",
    description: "Fails when an update waits for a restart of the server. Debian, Ubuntu.",
    action_type: "validation",
    operation: { type: "file_validation", path: "/var/run/reboot-required", exists: false },
  },
];
