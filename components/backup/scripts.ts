/**
 * What the containers of a backup run, one step each. STAGING is the volume that the steps share. Every step ends with
 * an error at the first command that fails, and none changes anything before what it needs is complete.
 */

/** In the PostgreSQL image, as the account that may only read: dumps each of DATABASES, and reads back what it wrote. */
export const dumpScript = `set -eu
umask 027
test -s "$PGPASSWORD_FILE"
export PGPASSWORD="$(cat "$PGPASSWORD_FILE")"
rm -rf "$STAGING/databases"
mkdir "$STAGING/databases"
for database in $DATABASES; do
  file="$STAGING/databases/$database.dump"
  # Not compressed: the repository does that, and finds what is the same as yesterday.
  pg_dump --format=custom --compress=0 --file="$file" --dbname="$database"
  pg_restore --list "$file" > /dev/null
  echo "dumped the database $database: $(wc -c < "$file") bytes"
done
`;

/** What every step in the restic image begins with: the repository of the service, and its key. */
const repository = `set -eu
export RESTIC_REPOSITORY="$(cat "$REPOSITORY_FILE")/$SERVICE"
`;

/**
 * Removes the locks of what has died, and waits while somebody else has the repository alone: one that thins it out, or
 * that was killed while it did. Of another pod nobody can tell that it died, until its lock is half an hour old.
 */
const unlock = `unlock() {
  until restic unlock --quiet && ! locked_alone; do
    test -n "\${told:-}" || echo "the repository is taken: waiting for its lock to be released, or half an hour old"
    told=yes
    sleep 5
  done
}
locked_alone() {
  for lock in $(restic list locks --no-lock --quiet); do restic cat lock "$lock" --no-lock; done | grep -q '"exclusive": *true'
}
`;

/** Stores what is in STAGING as one snapshot with the tag TAG. Until it is complete, there is no snapshot. */
const store = `cd "$STAGING"
set --
for part in databases volume; do if test -d "$part"; then set -- "$@" "$part"; fi; done
test "$#" -gt 0 || { echo "there is nothing to store" >&2; exit 1; }
restic cat config > /dev/null 2>&1 || restic init
unlock
restic backup --host "$SERVICE" --tag "$TAG" --exclude lost+found "$@"
`;

/** Stores a snapshot before data is overwritten. */
export const keepScript = `${repository}${unlock}${store}`;

/**
 * Drops the snapshots that the rules of retention do not name, and reads back a seventh of what is left; those made
 * before a restore stay for a month. That takes the repository alone: while a lock is there, of a restore or of a
 * backup that was killed less than half an hour ago, it is left to the next backup.
 */
const tidy = `tidy() {
  if test -n "$(restic list locks --no-lock --quiet)"; then
    echo "the repository is in use: the next backup thins it out"
    return
  fi
  restic forget --group-by host --tag scheduled --keep-daily "$KEEP_DAILY" --keep-weekly "$KEEP_WEEKLY" --keep-monthly "$KEEP_MONTHLY"
  restic forget --group-by host --tag before-restore --keep-within 30d
  restic prune
  restic check --read-data-subset="$(date +%u)/7"
}
`;

/** Stores a snapshot, thins out the old ones, and does the same off-site. */
export const backupScript = `${repository}${unlock}${tidy}${store}tidy
if test -n "\${OFFSITE_FILE:-}"; then
  export RESTIC_FROM_REPOSITORY="$RESTIC_REPOSITORY" RESTIC_FROM_PASSWORD_FILE="$RESTIC_PASSWORD_FILE"
  export RESTIC_REPOSITORY="$(cat "$OFFSITE_FILE")/$SERVICE"
  restic cat config > /dev/null 2>&1 || restic init --copy-chunker-params
  unlock
  restic copy
  tidy
fi
echo "the backup of $SERVICE is complete"
`;

/** Prints the snapshots of each of SERVICES as a line of JSON: [service, snapshots]. */
export const listScript = String.raw`set -eu
for service in $SERVICES; do
  export RESTIC_REPOSITORY="$(cat "$REPOSITORY_FILE")/$service"
  if restic cat config > /dev/null 2>&1; then snapshots="$(restic snapshots --json --no-lock)"; else snapshots=null; fi
  echo "[\"$service\",$snapshots]"
done
`;

/** Brings SNAPSHOT, or the newest of the schedule where that is `latest`, to STAGING/restored, and compares it with the repository. */
export const fetchScript = `${repository}${unlock}unlock
restic restore "$SNAPSHOT" --host "$SERVICE" --tag scheduled --target "$STAGING/restored" --verify
`;

/** Everything that the owner of a database has in it, gone: what a dump then makes anew. */
const emptyDatabase = `DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
  END LOOP;
END $$;
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
`;

/** In the PostgreSQL image, as the owner of PGDATABASE: its content from the dump, in one transaction or not at all. */
export const loadScript = `set -eu
umask 027
test -s "$PGPASSWORD_FILE"
export PGPASSWORD="$(cat "$PGPASSWORD_FILE")"
dump="$STAGING/restored/databases/$PGDATABASE.dump"
test -s "$dump" || { echo "the snapshot has no dump of the database $PGDATABASE" >&2; exit 1; }
cat > "$STAGING/empty.sql" << 'END'
${emptyDatabase}END
pg_restore --no-owner --no-privileges --file="$STAGING/load.sql" "$dump"
psql --no-psqlrc --quiet --output=/dev/null --set=ON_ERROR_STOP=1 --single-transaction --file="$STAGING/empty.sql" --file="$STAGING/load.sql"
echo "restored the database $PGDATABASE"
`;

/** Fetches the newest snapshot of a service that has a volume: the files have to be there, and are compared already. */
export const fetchFilesScript = `${fetchScript}test -d "$STAGING/restored/volume" || { echo "the snapshot has no volume" >&2; exit 1; }
echo "proved the volume of $SERVICE: $(find "$STAGING/restored/volume" -type f | wc -l) files"
`;

/**
 * In the PostgreSQL image: loads each of DATABASES from the snapshot into a server of its own, which nobody else reaches
 * and which ends with the step, and counts what is there.
 */
export const proveScript = `set -eu
umask 077
export PGDATA="$STAGING/scratch" PGHOST="$STAGING" PGUSER=postgres
initdb --username="$PGUSER" --auth=trust --encoding=UTF8 --no-sync > /dev/null
pg_ctl start --wait --silent --log="$STAGING/scratch.log" --options="-c listen_addresses= -c unix_socket_directories=$PGHOST -c fsync=off"
trap 'pg_ctl stop --mode=immediate --silent' EXIT
for database in $DATABASES; do
  dump="$STAGING/restored/databases/$database.dump"
  test -s "$dump" || { echo "the snapshot has no dump of the database $database" >&2; exit 1; }
  createuser "$database"
  createdb --owner="$database" "$database"
  pg_restore --no-owner --no-privileges --exit-on-error --dbname="$database" "$dump"
  psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --dbname="$database" > "$STAGING/counts" << 'END'
SELECT format('SELECT count(*) FROM %s', oid::regclass) FROM pg_class
WHERE relkind = 'r' AND relnamespace::regnamespace::text !~ '^(pg_|information_schema$)' \\gexec
END
  awk -v name="$database" '{ rows += $1 } END { print "proved the database " name ": " NR " tables, " rows + 0 " rows" }' "$STAGING/counts"
done
`;

/** Puts the files of the snapshot in the place of those on the volume. */
export const refillScript = `set -eu
test -d "$STAGING/restored/volume" || { echo "the snapshot has no volume" >&2; exit 1; }
find "$STAGING/volume" -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf {} +
cp -R "$STAGING/restored/volume/." "$STAGING/volume/"
echo "restored the volume of $SERVICE"
`;
