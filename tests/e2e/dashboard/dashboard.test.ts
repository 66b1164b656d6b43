import { afterAll, beforeAll, describe } from "vitest";
import { debianProgram } from "../../support/debian.ts";
import { describeActions } from "./actions.ts";
import { describeEveryPage } from "./everyPage.ts";
import { describeEverywhere } from "./everywhere.ts";
import { describeFrame } from "./frame.ts";
import { describeIcons } from "./icons.ts";
import { describeManaging } from "./managing.ts";
import { describeMonitor } from "./monitor.ts";
import { describeNotifying } from "./notifying.ts";
import { describePictures, isMakingPictures } from "./pictures.ts";
import { describeRecords } from "./records.ts";
import { describeSchedules } from "./schedules.ts";
import { describeServers } from "./servers.ts";
import { Stage } from "./stage.ts";
import { describeWalk } from "./walk.ts";
import { describeWithoutMouse } from "./withoutMouse.ts";
import { describeWithoutMouseManaging } from "./withoutMouseManaging.ts";

const program = debianProgram("chromium", "chromium");

// One installation and one browser for all of it: a flow of an area is a file of its own, called here.
describe.skipIf("missing" in program)("the dashboard in a real browser", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open("path" in program ? program.path : "");
  });
  afterAll(() => stage?.close());

  // They show the first day, and nothing of what the other tests do.
  if (isMakingPictures) {
    describeIcons(() => stage);
    describeWalk(() => stage);
    describePictures(() => stage);
    return;
  }
  describeFrame(() => stage);
  describeEveryPage(() => stage);
  describeActions(() => stage);
  describeManaging(() => stage);
  describeMonitor(() => stage);
  describeNotifying(() => stage);
  describeRecords(() => stage);
  describeEverywhere(() => stage);
  describeSchedules(() => stage);
  describeServers(() => stage);
  describeWithoutMouse(() => stage);
  describeWithoutMouseManaging(() => stage);
  describeWalk(() => stage);
});
