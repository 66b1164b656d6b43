import { z } from "zod";
import { Caller, Permission, Role } from "./access.ts";
import { Timestamp } from "./ids.ts";
import { Search } from "./route.ts";

/** How long an access token is good for, in seconds. */
export const ACCESS_TTL_SECONDS = 900;

export const Username = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._@-]{0,99}$/, "use 1 to 100 lower case letters, digits, dots, dashes, underscores or @");

/** Long enough that guessing it is hopeless; no rule about its characters makes it better. */
export const Password = z
  .string()
  .min(12, "use 12 characters or more")
  .max(1_024)
  .meta({ description: "12 characters or more; stored as argon2id" });

/** Somebody who logs in with a password of this installation, where no identity provider does it. */
export const Account = z.object({
  account_id: z.uuid(),
  username: Username,
  role: Role,
  disabled: z.boolean(),
  version: z.int().meta({ description: "Grows with each change; also the ETag" }),
  created_at: Timestamp,
  created_by: z.string(),
});
export type Account = z.infer<typeof Account>;

export const NewAccount = z.strictObject({ username: Username, password: Password, role: Role.default("viewer") });
export type NewAccount = z.infer<typeof NewAccount>;

export const AccountChange = z.strictObject({
  role: Role.optional(),
  disabled: z.boolean().optional(),
  password: Password.optional(),
});
export type AccountChange = z.infer<typeof AccountChange>;

export const AccountFilter = z.strictObject({
  role: Role.optional(),
  disabled: z.enum(["true", "false"]).optional(),
  search: Search.optional().meta({ description: "Text that is in the name" }),
});

export const Credentials = z.strictObject({ username: z.string().max(100), password: z.string().max(1_024) });
export type Credentials = z.infer<typeof Credentials>;

/** Makes the first account of an installation. */
export const Bootstrap = NewAccount.omit({ role: true }).extend({
  secret: z.string().max(512).meta({ description: "The one-time secret of `HOMESLICE_BOOTSTRAP_FILE`" }),
});

/** What a login is answered. */
export const TokenPair = z.object({
  access_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.int().meta({ description: "Seconds that the access token is good for" }),
  refresh_token: z
    .string()
    .meta({ description: "Gets the next pair, once; used twice, all that came of it is revoked" }),
});
export type TokenPair = z.infer<typeof TokenPair>;

export const RefreshToken = z.strictObject({ refresh_token: z.string().max(200) });

/** A token for a program: it says what it may do, until when, and is shown once. */
export const ApiToken = z.object({
  token_id: z.uuid(),
  name: z.string(),
  role: Role,
  permissions: Caller.shape.permissions.unwrap().nullable(),
  created_at: Timestamp,
  created_by: z.string(),
  expires_at: Timestamp,
  last_used_at: Timestamp.nullable().meta({ description: "To the minute" }),
});
export type ApiToken = z.infer<typeof ApiToken>;

export const NewApiToken = z.strictObject({
  name: z.string().min(1).max(200),
  role: Role.default("viewer").meta({ description: "At most the role of whoever makes it" }),
  permissions: z.array(Permission).min(1).optional().meta({ description: "Only these of the role's; default: all" }),
  expires_in_days: z.int().min(1).max(366).default(90),
});
export type NewApiToken = z.infer<typeof NewApiToken>;

export const ApiTokenFilter = z.strictObject({
  role: Role.optional(),
  created_by: Search.optional(),
  search: Search.optional().meta({ description: "Text that is in the name" }),
});

export const IssuedApiToken = z.object({
  ...ApiToken.shape,
  token: z.string().meta({ description: "Shown once; only its hash is stored" }),
});
