/**
 * Refuses to start a server over the data of another major version. The image would not touch the old data: it would
 * make an empty cluster beside it, and every service would find its database gone. DATA is the mounted volume.
 */
export const versionGuard = String.raw`
major="$(postgres --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')"
for file in "$DATA"/*/docker/PG_VERSION "$DATA"/data/PG_VERSION; do
  test -e "$file" || continue
  found="$(cat "$file")"
  test "$found" = "$major" && continue
  echo "The volume holds the data of PostgreSQL $found, and this image is PostgreSQL $major." >&2
  echo "Nothing was started and nothing was changed. Go back to an image of $found, or move the data as docs/upgrade.md says." >&2
  exit 1
done
`;
