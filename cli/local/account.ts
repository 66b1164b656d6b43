import { randomBytes } from "node:crypto";
import { UserError } from "@homeslice/config/errors.ts";
import { Username } from "@homeslice/protocol/accounts.ts";
import { ClientError } from "@homeslice/protocol/client.ts";
import { runningClient } from "./api.ts";
import { checkLayout, locateHome } from "./home.ts";
import { invalidOption, parseRole } from "./options.ts";

/** Of the password that is made: more than anybody guesses, and not too long to type. */
const PASSWORD_BYTES = 15;

/** `account add`: makes an account with a password of its own. @throws UserError `local.stopped`, `account.refused` */
export async function addAccount(username: string, options: { readonly role: string }): Promise<void> {
  const home = locateHome();
  checkLayout(home);
  const body = {
    username: parseUsername(username),
    role: parseRole(options.role),
    password: randomBytes(PASSWORD_BYTES).toString("base64url"),
  };
  const client = await runningClient(home, "admin");
  await client.call("createAccount", { body }).catch(refuse);
  process.stderr.write(`homeslice: ${body.username} can log in as ${body.role} with this password, shown only now:\n`);
  process.stdout.write(`${body.password}\n`);
}

function parseUsername(text: string): string {
  const username = Username.safeParse(text);
  if (username.success) return username.data;
  throw invalidOption(
    "account add",
    `${JSON.stringify(text)} cannot be the name of an account`,
    "Use 1 to 100 lower case letters, digits, dots, dashes, underscores or @.",
  );
}

function refuse(error: unknown): never {
  if (!(error instanceof ClientError) || error.problem.status !== 409) throw error;
  throw new UserError({
    code: "account.refused",
    what: error.message,
    fix: "Choose another name, or change that account by PUT /api/v1/accounts/{account_id}.",
  });
}
