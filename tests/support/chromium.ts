import { type Browser, chromium } from "playwright-core";

/** Playwright switches these off, and a list of one's own takes the place of its list. */
const OFF_FOR_PLAYWRIGHT = [
  "AimEnabled",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsFirstBalancedModeAutoEnable",
  "HttpsUpgrades",
  "LensOverlay",
  "MediaRouter",
  "NetworkTimeServiceQuerying",
  "OptimizationHints",
  "PaintHolding",
  "PreconnectToSearch",
  "ThirdPartyStoragePartitioning",
];

/** Pages of the address bar, which each window would load for itself: half the work of a short visit. */
const ADDRESS_BAR = ["WebUIOmniboxAimPopup", "WebUIOmniboxPopup"];

/** Starts a browser without what nobody sees in a test. @param executablePath the browser */
export function launchChromium(executablePath: string): Promise<Browser> {
  const off = [...OFF_FOR_PLAYWRIGHT, ...ADDRESS_BAR].join(",");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", `--disable-features=${off}`] });
}
