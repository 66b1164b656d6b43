import type { Messages } from "../en/index.ts";
import { accounts } from "./accounts.ts";
import { actions } from "./actions.ts";
import { app } from "./app.ts";
import { approvals } from "./approvals.ts";
import { audit } from "./audit.ts";
import { commands } from "./commands.ts";
import { complaints } from "./complaints.ts";
import { errors } from "./errors.ts";
import { executions } from "./executions.ts";
import { fields } from "./fields.ts";
import { forms } from "./forms.ts";
import { hooks } from "./hooks.ts";
import { locks } from "./locks.ts";
import { notifications } from "./notifications.ts";
import { platform } from "./platform.ts";
import { reports } from "./reports.ts";
import { run } from "./run.ts";
import { schedules } from "./schedules.ts";
import { secrets } from "./secrets.ts";
import { servers } from "./servers.ts";
import { session } from "./session.ts";
import { starts } from "./starts.ts";
import { states } from "./states.ts";
import { tokens } from "./tokens.ts";
import { ui } from "./ui.ts";
import { workflows } from "./workflows.ts";

export const messages: Messages = {
  language: "Deutsch",
  accounts,
  actions,
  app,
  approvals,
  audit,
  commands,
  complaints,
  errors,
  executions,
  fields,
  forms,
  hooks,
  locks,
  notifications,
  run,
  reports,
  schedules,
  secrets,
  servers,
  session,
  starts,
  states,
  tokens,
  platform,
  ui,
  workflows,
};
