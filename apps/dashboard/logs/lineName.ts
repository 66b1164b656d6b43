import { z } from "zod";
import type { LogLine } from "./lineList.ts";

/** A line of the output of an execution as an address names it: by its server and its number there. */
export const LineName = z.templateLiteral([z.uuid(), z.literal("."), z.int().positive()]);
export type LineName = z.infer<typeof LineName>;

export function nameOf({ serverId, seq }: Pick<LogLine, "serverId" | "seq">): LineName {
  return `${serverId}.${seq}`;
}
