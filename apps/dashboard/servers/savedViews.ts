import { z } from "zod";
import { ServerSearch } from "./serverFilter.ts";

const KEY = "homeslice.serverViews";
const Views = z.record(z.string(), ServerSearch).catch({});
export type SavedViews = z.infer<typeof Views>;

/** The views of the table that were named in this browser. */
export function storedViews(): SavedViews {
  try {
    return Views.parse(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    // What another program left there is nobody's view.
    return {};
  }
}

export function storeViews(views: SavedViews): void {
  localStorage.setItem(KEY, JSON.stringify(views));
}
