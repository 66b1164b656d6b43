import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { violations } from "./axe.ts";
import { MASKABLE } from "./icons.ts";
import { LOGGED_OUT } from "./login.ts";
import { ADA, type Stage, settled } from "./stage.ts";

/** What is around every page: the login, the rules that the browser is told, and what has to be fetched. */
export function describeFrame(stage: () => Stage): void {
  describe("the frame", () => {
    test("one logs in by the keyboard alone, stands in front of the servers, and logs out again", async () => {
      const act: Parameters<Stage["visit"]>[1] = async (page) => {
        await page.getByRole("dialog", { name: "Log in to Homeslice" }).waitFor();
        expect(await violations(page)).toEqual([]);
        await page.keyboard.type("ada");
        await page.keyboard.press("Tab");
        await page.keyboard.type(ADA.password);
        await page.keyboard.press("Enter");
        await settled(page);
        await page.getByRole("dialog").waitFor({ state: "detached" });
        await page
          .getByRole("row", { name: /kitchen/ })
          .getByText(/^(Idle|Busy)$/)
          .waitFor();
        expect(await page.evaluate(() => document.cookie + JSON.stringify(sessionStorage))).toBe("{}");
        await page.getByRole("button", { name: "Sign out" }).focus();
        await page.keyboard.press("Enter");
        await page.getByRole("dialog", { name: "Log in to Homeslice" }).waitFor();
        expect(await page.getByRole("row", { name: /kitchen/ }).count()).toBe(0);
        expect(await page.request.get("/api/v1/servers").then((answer) => answer.status())).toBe(401);
      };
      await stage().visit("/servers", act, LOGGED_OUT);
    });

    test("a password that is wrong is said to be wrong, and asked for again", async () => {
      const act: Parameters<Stage["visit"]>[1] = async (page) => {
        await page.getByLabel("User name").fill("ada");
        await page.getByLabel("Password").fill("not that one");
        await page.keyboard.press("Enter");
        await page.getByRole("dialog").getByRole("alert").waitFor();
        expect(await violations(page)).toEqual([]);
      };
      await stage().visit("/servers", act, LOGGED_OUT);
    });

    test("an address at which there is nothing is answered by a page that says so, and programs as before", async () => {
      const answer = await fetch(`${stage().url}/nowhere`);
      expect(answer.status).toBe(404);
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
      const api = await fetch(`${stage().url}/api/v1/nowhere`, { headers: { accept: "text/html" } });
      expect(api.headers.get("content-type")).toContain("application/problem+json");
      const context = await stage().context();
      const page = await context.newPage();
      expect((await page.goto("/nowhere"))?.status()).toBe(404);
      await page.getByRole("heading", { name: "There is nothing at this address" }).waitFor();
      expect(await violations(page)).toEqual([]);
      await context.close();
    });

    test("a theme that is chosen by hand is there from the first picture of the next visit on", async () => {
      await stage().visit("/servers", async (page) => {
        const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
        await settled(page);
        const light = await background();
        await page.getByLabel("Theme").selectOption("Dark");
        const dark = await background();
        expect(dark).not.toBe(light);
        await page.reload({ waitUntil: "commit" });
        await page.locator("body").waitFor();
        expect(await background()).toBe(dark);
        await page.getByLabel("Theme").selectOption("System");
        expect(await background()).toBe(light);
      });
    });

    test("U20: a page is used by touch alone, with the colours of the system and without movement", async () => {
      const moving = { reducedMotion: "no-preference", forcedColors: "active", hasTouch: true } as const;
      await stage().visit(
        "/servers",
        async (page) => {
          await page.emulateMedia({ reducedMotion: "reduce" });
          await page.getByRole("link", { name: "kitchen" }).tap();
          await page.getByRole("heading", { name: "kitchen" }).waitFor();
          await page.getByRole("tab", { name: "History" }).tap();
          await settled(page);
          expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
          expect(await page.getByRole("tab", { name: "History" }).getAttribute("aria-selected")).toBe("true");
        },
        moving,
      );
    });

    test("the browser is told to run nothing that is not a file of ours", async () => {
      const policy = (await fetch(stage().url)).headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toContain("unsafe-");
    });

    test("Chromium finds nothing in the manifest that keeps people from installing it; its icons are what it says", async () => {
      const response = await fetch(`${stage().url}/manifest.webmanifest`);
      expect(response.headers.get("content-type")).toMatch(/^application\/manifest\+json/);
      const manifest = Manifest.parse(await response.json());
      const kinds = manifest.icons.map(({ purpose, sizes }) => `${purpose} ${sizes}`);
      expect(kinds).toEqual(["any any", "any 192x192", "any 512x512", "maskable 512x512"]);
      expect(manifest).toMatchObject({ id: "/", start_url: "/", scope: "/", display: "standalone" });
      await stage().visit("/servers", async (page) => {
        for (const { src, sizes, type, purpose } of manifest.icons) {
          const icon = await fetch(new URL(src, response.url));
          expect(icon.headers.get("content-type")).toBe(type);
          const { width, height, unlike, corner } = await lookAt(page, src, VIEW[purpose]);
          expect(width).toBe(height);
          expect(unlike, `${src} is not as icon.svg has it: make the pictures anew`).toBeLessThan(LIKE);
          expect(corner).toBe(purpose === "maskable" ? 255 : 0);
          const isDrawn = type === "image/svg+xml";
          expect(sizes).toBe(isDrawn ? "any" : `${width}x${height}`);
        }
        const session = await page.context().newCDPSession(page);
        const { errors, url } = await session.send("Page.getAppManifest");
        expect({ errors, url }).toEqual({ errors: [], url: response.url });
        const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
        // Each test has a window like a private one, in which nothing is installed.
        const found = installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito");
        expect(found).toEqual([]);
      });
    });

    test("what is fetched at first is at most 180 kB, and each page at most 120 kB more", () => {
      const { built } = stage();
      const initial = initialScripts(built);
      const sizes = initial.map((file) => sizeOf(built, file));
      expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(180_000);
      const scripts = readdirSync(join(built, "assets")).filter((file) => file.endsWith(".js"));
      const lazy = scripts.map((file) => `assets/${file}`).filter((file) => !initial.includes(file));
      expect(lazy.filter((file) => sizeOf(built, file) > 120_000)).toEqual([]);
    });

    test("what is fetched at first is a few files, compressed for whoever takes that", async () => {
      const { built, url } = stage();
      const scripts = initialScripts(built);
      expect(scripts.length).toBeLessThanOrEqual(2);
      const [largest = ""] = scripts.toSorted((one, other) => sizeOf(built, other) - sizeOf(built, one));
      for (const encoding of ["br", "gzip", null]) {
        const response = await fetch(`${url}/${largest}`, { headers: { "accept-encoding": encoding ?? "identity" } });
        expect(response.headers.get("content-encoding")).toBe(encoding);
        expect(response.headers.get("vary")).toContain("accept-encoding");
        expect(Buffer.from(await response.arrayBuffer())).toEqual(readFileSync(join(built, largest)));
      }
    });
  });
}

/** The scripts that the document asks for by itself. */
function initialScripts(built: string): string[] {
  const document = readFileSync(join(built, "index.html"), "utf8");
  return [...document.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, file = ""]) => file);
}

/** Its bytes as they go over the network. */
function sizeOf(built: string, file: string): number {
  return gzipSync(readFileSync(join(built, file))).length;
}

const Manifest = z.looseObject({
  icons: z.array(
    z.object({ src: z.string(), sizes: z.string(), type: z.string(), purpose: z.enum(["any", "maskable"]) }),
  ),
});

/** How much of an icon the picture takes: what is near the edge of a maskable one may be cut off. */
const VIEW = { any: 1, maskable: MASKABLE.share };
/** How much pixels differ on average, of 255, where two images show the same with other edges. */
const LIKE = 4;

/**
 * How large an image is to the browser; one without a size of its own is as large as its view box says.
 * @param share how much of it the picture of icon.svg is to take
 * @returns that, how unlike it is to that picture, and how opaque its corner
 */
async function lookAt(page: Page, src: string, share: number) {
  const look = async ({ src, share, paper }: { src: string; share: number; paper: string }) => {
    const side = 64;
    const draw = async (src: string, share: number, ground?: string) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      const canvas = new OffscreenCanvas(side, side).getContext("2d");
      if (!canvas) throw new Error("nothing can be drawn");
      if (ground !== undefined) canvas.fillStyle = ground;
      if (ground !== undefined) canvas.fillRect(0, 0, side, side);
      const edge = (side * (1 - share)) / 2;
      canvas.drawImage(image, edge, edge, side * share, side * share);
      return { image, pixels: canvas.getImageData(0, 0, side, side).data };
    };
    const { image, pixels } = await draw(src, 1);
    const wanted = await draw("/icon.svg", share, share < 1 ? paper : undefined);
    const differences = [...pixels].map((value, place) => Math.abs(value - (wanted.pixels[place] ?? 0)));
    const unlike = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
    return { width: image.naturalWidth, height: image.naturalHeight, unlike, corner: pixels[3] };
  };
  return await page.evaluate(look, { src, share, paper: MASKABLE.paper });
}
