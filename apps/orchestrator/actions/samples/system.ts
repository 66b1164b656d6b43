import { careful, count, deepPath, path, type Sample, script } from "./sample.ts";

/** Disks, memory, processes and files. */
export const systemSamples: readonly Sample[] = [
  {
    name: "Disk usage",
    description: "How full the file systems are.",
    action_type: "validation",
    operation: { type: "shell_command", argv: ["df", "--human-readable", "--local"] },
  },
  {
    name: "Disk has room",
    description: "Fails when a file system is fuller than that.",
    action_type: "validation",
    operation: {
      type: "shell_command",
      argv: script(
        `df --local --output=pcent,target -x tmpfs -x devtmpfs -x overlay -x squashfs |
  awk -v most="$1" 'NR > 1 { used = $1; sub("%", "", used); if (used + 0 > most) { print $2 " is " $1 " full"; full = 1 } }
    END { if (!full) print "no file system is fuller than " most "%"; exit full }'`,
        ["most_percent"],
      ),
    },
    parameters: { most_percent: count("percent that may be used", 85, 100) },
  },
  {
    name: "Largest directories",
    description: "What takes the most room below a directory, in MiB, on the same file system.",
    action_type: "validation",
    operation: {
      type: "shell_command",
      argv: script('du --one-file-system --max-depth=2 --block-size=M -- "$1" | sort -rn | head -n "$2"', [
        "path",
        "lines",
      ]),
    },
    parameters: { path, lines: count("directories", 20, 1_000) },
  },
  {
    name: "Load and uptime",
    description: "How long the server has run, and how busy it is.",
    action_type: "validation",
    operation: { type: "shell_command", argv: ["uptime"] },
  },
  {
    name: "Memory",
    description: "How much memory and swap is used.",
    action_type: "validation",
    operation: { type: "shell_command", argv: ["free", "--human"] },
  },
  {
    name: "Busiest processes",
    description: "The processes that use the most of the processors, or of the memory.",
    action_type: "validation",
    operation: {
      type: "shell_command",
      argv: script('ps -eo pid,user,pcpu,pmem,etime,comm --sort="-$1" | head -n "$(($2 + 1))"', ["by", "lines"]),
    },
    parameters: {
      by: { type: "enum", default: "pcpu", validation: { one_of: ["pcpu", "pmem"] } },
      lines: count("processes", 15, 1_000),
    },
  },
  {
    name: "File is there",
    description: "Whether a file or directory is there, how large it is and how old.",
    action_type: "validation",
    operation: { type: "file_validation", path: "{{path}}" },
    parameters: { path },
  },
  {
    name: "Checksum of files",
    description: "The SHA-256 of some files: to compare them between servers.",
    category: "security",
    action_type: "validation",
    operation: { type: "shell_command", argv: ["sha256sum", "--", "{{paths}}"] },
    parameters: {
      paths: {
        type: "list",
        items: { type: "string", validation: { format: "absolute_path" } },
        min_items: 1,
        max_items: 100,
      },
    },
  },
  {
    name: "Delete old files",
    description:
      "Deletes files below a directory that were not changed for some days, and says which. Links are not followed.",
    action_type: "maintenance",
    operation: {
      type: "shell_command",
      argv: [
        "find",
        "{{path}}",
        "-xdev",
        "-type",
        "f",
        "-name",
        "{{names}}",
        "-mtime",
        "{{older_than}}",
        "-print",
        "-delete",
      ],
    },
    parameters: {
      path: deepPath,
      names: {
        type: "string",
        default: "*.tmp",
        description: "names of the files, with * and ?",
        validation: { pattern: "[^/-][^/]*" },
      },
      older_than: {
        type: "enum",
        default: "+30",
        description: "days",
        validation: { one_of: ["+1", "+7", "+14", "+30", "+90", "+365"] },
      },
    },
    execution_config: { timeout_seconds: 1_800, ...careful },
  },
  {
    name: "Compress old logs",
    description: "Compresses logs below a directory that were not written to for some days.",
    action_type: "maintenance",
    operation: {
      type: "shell_command",
      argv: script('find "$1" -xdev -type f -name "*.log" -mtime "+$2" -print -exec gzip --force -- {} +', [
        "path",
        "days",
      ]),
    },
    parameters: { path: { ...deepPath, default: "/var/log" }, days: count("days", 7, 3_650) },
    execution_config: { timeout_seconds: 1_800, ...careful },
  },
  {
    name: "Trim the journal",
    description: "Deletes entries of the systemd journal that are older than some days.",
    action_type: "maintenance",
    operation: {
      type: "shell_command",
      argv: script('journalctl --vacuum-time="$1"d', ["days"], "journalctl"),
    },
    parameters: { days: count("days that are kept", 14, 3_650) },
    execution_config: careful,
  },
];
