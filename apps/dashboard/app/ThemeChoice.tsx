import { useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { applyTheme, storedTheme, themes } from "./theme.ts";

export function ThemeChoice() {
  const { app } = useMessages();
  const [theme, setTheme] = useState(storedTheme);
  return (
    <label className="theme-choice">
      <span className="visually-hidden">{app.theme}</span>
      <select
        value={theme}
        onChange={({ target }) => {
          const chosen = themes.find((name) => name === target.value) ?? "system";
          setTheme(chosen);
          applyTheme(chosen);
        }}
      >
        {themes.map((name) => (
          <option key={name} value={name}>
            {app.themes[name]}
          </option>
        ))}
      </select>
    </label>
  );
}
