import type { Permission } from "@homeslice/protocol/access.ts";
import type { Messages } from "../i18n/en/index.ts";

/** A page of the navigation: its texts are `app.pages[name]`. */
interface NavigationPage {
  readonly name: keyof Messages["app"]["pages"];
  readonly to:
    | "/accounts"
    | "/actions"
    | "/approvals"
    | "/history"
    | "/locks"
    | "/schedules"
    | "/workflows"
    | "/platform"
    | "/hooks"
    | "/notifications"
    | "/run"
    | "/secrets"
    | "/servers"
    | "/tokens"
    | "/audit"
    | "/reports";
  /** What somebody must be allowed to do for the page to be of use. */
  readonly permission: Permission;
}

interface NavigationGroup {
  /** Its heading is `app.groups[name]`; a group without pages is not shown. */
  readonly name: keyof Messages["app"]["groups"];
  readonly pages: readonly NavigationPage[];
}

/** Every page that can be gone to from anywhere, in the order of the menu. */
export const navigation: readonly NavigationGroup[] = [
  {
    name: "operate",
    pages: [
      { name: "servers", to: "/servers", permission: "servers:read" },
      { name: "run", to: "/run", permission: "executions:start" },
      { name: "actions", to: "/actions", permission: "actions:read" },
      { name: "approvals", to: "/approvals", permission: "approvals:read" },
      { name: "history", to: "/history", permission: "executions:read" },
      { name: "locks", to: "/locks", permission: "locks:read" },
    ],
  },
  {
    name: "automate",
    pages: [
      { name: "schedules", to: "/schedules", permission: "schedules:read" },
      { name: "workflows", to: "/workflows", permission: "workflows:read" },
      { name: "hooks", to: "/hooks", permission: "hooks:read" },
      { name: "notifications", to: "/notifications", permission: "notifications:read" },
    ],
  },
  {
    name: "manage",
    pages: [
      { name: "accounts", to: "/accounts", permission: "accounts:manage" },
      { name: "tokens", to: "/tokens", permission: "tokens:manage" },
      { name: "secrets", to: "/secrets", permission: "secrets:read" },
    ],
  },
  {
    name: "observe",
    pages: [
      { name: "platform", to: "/platform", permission: "servers:read" },
      { name: "audit", to: "/audit", permission: "audit:read" },
      { name: "reports", to: "/reports", permission: "executions:read" },
    ],
  },
];
