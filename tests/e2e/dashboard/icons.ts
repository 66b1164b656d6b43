import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "vitest";
import type { Stage } from "./stage.ts";

const directory = join(import.meta.dirname, "../../../apps/dashboard/public");

/** Of a maskable icon, platforms cut off what is far from its middle: the picture takes so much of it, on paper. */
export const MASKABLE = { share: 0.75, paper: "#f4f6f5" };

const icons = [
  { name: "icon-192", size: 192, share: 1, paper: "transparent" },
  { name: "icon-512", size: 512, share: 1, paper: "transparent" },
  { name: "icon-maskable", size: 512, ...MASKABLE },
];

/** Makes the icons of the dashboard for platforms that take no SVG. */
export function describeIcons(stage: () => Stage): void {
  describe("icons made of icon.svg", () => {
    const source = `data:image/svg+xml;base64,${readFileSync(join(directory, "icon.svg")).toString("base64")}`;
    test.for(icons)("$name", async ({ name, size, share, paper }) => {
      const context = await stage().context({ viewport: { width: size, height: size } });
      const page = await context.newPage();
      await page.setContent(
        `<body style="margin: 0; height: 100vh; display: grid; place-items: center; background: ${paper}">
           <img src="${source}" alt="" style="width: ${100 * share}vw">`,
      );
      await page.locator("img").evaluate((image: HTMLImageElement) => image.decode());
      await page.screenshot({ path: join(directory, `${name}.png`), omitBackground: true });
      await context.close();
    });
  });
}
