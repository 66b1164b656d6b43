import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The end-to-end suites that take a minute and more, the longest first. */
const long: readonly string[] = [
  "cluster",
  "dashboard",
  "chaos",
  "provider",
  "clusterRecovery",
  "release",
  "local",
  "bench",
  "dataLoss",
  "standins",
  "judges",
  "openapi",
  "backup",
  "standinsLocal",
];

/** A long file that began last would run alone, while the other workers have nothing left to do. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

function rank({ moduleId, project }: TestSpecification): number {
  const place = project.name === "e2e" ? long.indexOf(basename(moduleId, ".test.ts")) : -1;
  return place < 0 ? long.length : place;
}
