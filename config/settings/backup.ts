import { z } from "zod";
import { defaults, type EnvironmentName } from "../defaults.ts";
import { bucketUrl, cronSchedule, size } from "../notations.ts";
import { resources } from "./resources.ts";
import { secretText } from "./secret.ts";

/** Settings of the backups: when, where to, and for how long they are kept. */
export function backup(environment: EnvironmentName) {
  const kept = (number: number, what: string) =>
    z.int().min(0).max(1000).default(number).describe(`How many ${what} snapshots are kept, the newest of each.`);
  return z
    .strictObject({
      enabled: z.boolean().default(true).describe("Back up what the services declare."),
      schedule: cronSchedule.default("15 2 * * *").describe("When, in the notation of cron and in UTC."),
      drill: cronSchedule
        .default("30 5 * * 0")
        .describe("When the newest snapshot of each service is restored aside, to prove that it can be; in UTC."),
      keep: z
        .strictObject({
          daily: z.int().min(1).max(1000).default(7).describe("How many daily snapshots are kept, the newest of each."),
          weekly: kept(5, "weekly"),
          monthly: kept(12, "monthly"),
        })
        .prefault({})
        .describe("How long snapshots are kept."),
      repository: z
        .enum(["volume", "s3"])
        .default("volume")
        .describe("Where snapshots are kept: on a volume in the cluster, or in the bucket of `s3` alone."),
      size: size.default(defaults.backupSize[environment]).describe("Size of the repository's volume."),
      staging: size
        .default(defaults.backupStaging[environment])
        .describe(
          "Size of the volume that holds the dumps while a backup or a drill runs; three times the largest database.",
        ),
      s3: s3()
        .optional()
        .describe("A bucket outside the cluster. Beside a repository on a volume, it gets a copy of every snapshot."),
      resources: resources({ cpu: ["50m", "1"], memory: ["64Mi", "512Mi"] }).describe(
        "What each step of a backup and the repository's server may use.",
      ),
    })
    .prefault({});
}

function s3() {
  return z.strictObject({
    url: bucketUrl.describe("Needed for a bucket. Its address: https://HOST[:PORT]/BUCKET[/PATH]."),
    region: z.string().min(1).optional().describe("Region of the bucket, where its provider asks for it."),
    accessKeyId: z.string().min(1).describe("Needed for a bucket. Name of the key that may write to it."),
    secretAccessKey: secretText.describe(
      "Needed for a bucket. The key itself: `pulumi config set --secret --path 'homeslice:backup.s3.secretAccessKey'`.",
    ),
  });
}
