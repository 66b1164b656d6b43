import { z } from "zod";
import { Caller } from "./access.ts";

/** What `/auth/session` answers a page: as whom it is logged in, and how one can log in. */
export const BrowserSession = z.object({
  caller: Caller.nullable(),
  login: z.object({
    provider: z.boolean().meta({ description: "Whether an identity provider is set up" }),
    password: z.boolean().meta({ description: "Whether local accounts can log in" }),
  }),
});
export type BrowserSession = z.infer<typeof BrowserSession>;

/** The header that every request of a page carries, and no form or link of another site can. */
export const PAGE_HEADER = "x-homeslice-request";
