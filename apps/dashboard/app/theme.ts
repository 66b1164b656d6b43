import { z } from "zod";

const Theme = z.enum(["system", "light", "dark"]);
export type Theme = z.infer<typeof Theme>;
export const themes = Theme.options;

const KEY = "homeslice.theme";

/** The theme that was chosen in this browser; that of the system where none was. */
export function storedTheme(): Theme {
  return Theme.catch("system").parse(localStorage.getItem(KEY));
}

/** Shows a theme, and remembers it. */
export function applyTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
