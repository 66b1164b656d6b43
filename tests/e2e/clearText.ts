import { createPublicKey } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Bench } from "./clusterSupport.ts";

const secretsSchema = z.array(z.object({ data: z.record(z.string(), z.string()).optional() }));

/** What of a Secret must be seen nowhere: of a private key, what comes before the public half that it carries along. */
function secretPart(text: string): string {
  if (!text.includes("PRIVATE KEY-----")) return text;
  const { x } = createPublicKey(text).export({ format: "jwk" });
  if (x === undefined) return text;
  const der = Buffer.from(text.replaceAll(/-----.*?-----|\s/g, ""), "base64");
  const ownBytes = der.indexOf(Buffer.from(x, "base64url"));
  return der.subarray(0, ownBytes - (ownBytes % 3)).toString("base64");
}

/** Every file below a folder. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** What must be seen nowhere of the Secrets in a cluster: of what they are made, also where it stands within an address. */
export async function secretsIn(bench: Bench): Promise<string[]> {
  const objects = secretsSchema.parse(await bench.list("/api/v1/secrets"));
  const texts = objects.flatMap(({ data = {} }) =>
    Object.values(data).map((value) => secretPart(Buffer.from(value, "base64").toString())),
  );
  return texts.flatMap((text) => text.match(/[A-Za-z0-9_-]{24,}/g) ?? []);
}
