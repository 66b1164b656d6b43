import { careful, count, deepPath, path, type Sample, script, unit } from "./sample.ts";

/** Services of systemd, and backups of what they keep. */
export const serviceSamples: readonly Sample[] = [
  {
    name: "Service is active",
    description: "Whether a systemd unit runs.",
    category: "application",
    action_type: "validation",
    operation: { type: "service_health", probe: { kind: "systemd", unit: "{{unit}}" } },
    parameters: { unit },
  },
  {
    name: "Failed services",
    description: "Fails when a systemd unit has failed, and says which.",
    category: "application",
    action_type: "validation",
    operation: {
      type: "shell_command",
      argv: script(
        `failed=$(systemctl list-units --state=failed --plain --no-legend --no-pager)
if [ -z "$failed" ]; then echo "no unit has failed"; else echo "$failed"; exit 1; fi`,
        [],
        "systemctl",
      ),
    },
  },
  {
    name: "Log of a service",
    description: "The newest lines that a systemd unit has logged.",
    category: "application",
    action_type: "validation",
    operation: {
      type: "shell_command",
      argv: ["journalctl", "--no-pager", "--unit", "{{unit}}", "--lines", "{{lines}}"],
    },
    parameters: { unit, lines: count("lines", 100, 1_000) },
  },
  {
    name: "Restart a service",
    description: "Restarts a systemd unit; one such work on a server at a time.",
    category: "application",
    action_type: "maintenance",
    operation: { type: "shell_command", argv: ["systemctl", "restart", "{{unit}}"] },
    parameters: { unit },
    execution_config: { timeout_seconds: 120, ...careful },
  },
  {
    name: "Reload a service",
    description: "Lets a systemd unit read its configuration again, without a break.",
    category: "application",
    action_type: "maintenance",
    operation: { type: "shell_command", argv: ["systemctl", "reload", "{{unit}}"] },
    parameters: { unit },
    execution_config: { timeout_seconds: 120, ...careful },
  },
  {
    name: "Back up a directory",
    description: "Packs a directory into an archive with the time in its name, and keeps the newest ones.",
    action_type: "maintenance",
    operation: {
      type: "shell_command",
      argv: script(
        `umask 077
mkdir -p -- "$2"
name=$(basename -- "$1")
archive="$2/$name-$(date --utc +%Y%m%dT%H%M%SZ).tar.gz"
tar --create --gzip --file "$archive.part" --directory "$1" .
mv -- "$archive.part" "$archive"
ls -l -- "$archive"
find "$2" -maxdepth 1 -type f -name "$name-*.tar.gz" | sort -r | tail -n "+$(($3 + 1))" | while read -r old; do
  rm -- "$old"
  echo "deleted $old"
done`,
        ["path", "into", "keep"],
      ),
    },
    parameters: { path, into: deepPath, keep: count("archives that are kept", 7, 1_000) },
    execution_config: { timeout_seconds: 7_200, requires_lock: true },
  },
  {
    name: "Backup is fresh",
    description: "Fails when no file below a directory is younger than some hours, and larger than nothing.",
    action_type: "validation",
    operation: {
      type: "shell_command",
      argv: script(
        `newest=$(find "$1" -type f -size +0 -mmin "-$(($2 * 60))" -printf "%TFT%TT %s bytes %p\\n" | sort | tail -n 1)
if [ -n "$newest" ]; then echo "$newest"; else echo "nothing in $1 is younger than $2 hours"; exit 1; fi`,
        ["path", "hours"],
      ),
    },
    parameters: { path, hours: count("hours", 26, 8_760) },
  },
];
