import { z } from "zod";

/**
 * A secret of the user. The program gets it in clear text; the settings file has it encrypted, as `secure: …`, which
 * the checks before a run cannot open and take for a value.
 */
export const secretText = z
  .union([z.string().min(1), z.strictObject({ secure: z.string() }).transform(({ secure }) => secure)])
  .meta({ title: "secret" });
