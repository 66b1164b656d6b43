import type { Page } from "playwright-core";
import { ADA } from "./stage.ts";

/** A browser in which nobody is logged in. */
export const LOGGED_OUT = { storageState: { cookies: [], origins: [] } };

/** Answers the login as Ada. */
export async function logIn(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Log in to Homeslice" });
  await dialog.getByLabel("User name").fill(ADA.username);
  await dialog.getByLabel("Password").fill(ADA.password);
  await dialog.getByRole("button", { name: "Log in" }).click();
  await dialog.waitFor({ state: "detached" });
}
