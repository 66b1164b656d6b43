import type { Messages } from "../en/index.ts";
import { app } from "./app.ts";
import { errors } from "./errors.ts";
import { executions } from "./executions.ts";
import { forms } from "./forms.ts";
import { schedules } from "./schedules.ts";
import { servers } from "./servers.ts";
import { session } from "./session.ts";
import { starts } from "./starts.ts";
import { states } from "./states.ts";
import { ui } from "./ui.ts";

export const messages: Messages = {
  language: "Deutsch",
  app,
  errors,
  executions,
  forms,
  schedules,
  servers,
  session,
  starts,
  states,
  ui,
};
