import { parseArgs } from "node:util";
import { Stage } from "../../e2e/dashboard/stage.ts";
import { debianProgram } from "../../support/debian.ts";
import type { Told } from "../benches/dashboard.ts";
import { lineLag } from "./lineLag.ts";
import { logView } from "./logView.ts";
import { serverTable } from "./serverTable.ts";

// `[--quick]`: tells its parent the figures of the dashboard.

const { quick } = parseArgs({ options: { quick: { type: "boolean", default: false } } }).values;
const tell = (told: Told) => process.send?.(told);
const say = (says: string) => tell({ says });

process.once("disconnect", () => process.exit());
const browser = debianProgram("chromium", "chromium");
if (!("path" in browser)) throw new Error(`there is no browser: ${browser.missing}`);
const stage = await Stage.open(browser.path);
try {
  const lag = await lineLag(stage, { quick, say });
  const log = await logView(stage, { quick, say });
  tell({ figures: { ...lag, ...log, ...(await serverTable(stage, { quick, say })) } });
} finally {
  await stage.close();
  if (process.connected) process.disconnect();
}
