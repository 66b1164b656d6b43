import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { type Command, Keys, lettersAreOn } from "./shortcuts.ts";

const Palette = lazy(async () => ({ default: (await import("./Palette.tsx")).Palette }));
const ShortcutSheet = lazy(async () => ({ default: (await import("./ShortcutSheet.tsx")).ShortcutSheet }));

/** What can be reached from every page: the palette of commands and the sheet of shortcuts, by keys and by buttons. */
export function Commands() {
  const { commands: texts } = useMessages();
  const [open, setOpen] = useState<"palette" | "sheet">();
  useKeys(setOpen);
  const close = () => setOpen(undefined);
  return (
    <>
      <Button className="button-quiet" onClick={() => setOpen("palette")} aria-keyshortcuts="Control+K Meta+K">
        {texts.title}
      </Button>
      <Button className="button-quiet" onClick={() => setOpen("sheet")} aria-label={texts.shortcuts}>
        <span aria-hidden="true">?</span>
      </Button>
      <Suspense>
        {open === "palette" && <Palette onClose={close} />}
        {open === "sheet" && <ShortcutSheet onClose={close} />}
      </Suspense>
    </>
  );
}

function useKeys(open: (dialog: "palette" | "sheet") => void): void {
  const navigate = useNavigate();
  const keys = useMemo(() => new Keys(), []);
  useEffect(() => {
    const act = (command: Command) => {
      if (command === "search") document.querySelector<HTMLElement>("main input[type=search]")?.focus();
      else if (typeof command === "string") open(command);
      else void navigate({ to: command.to, search: {} });
    };
    const press = (event: KeyboardEvent) => {
      // What asks for an answer is not left by a shortcut.
      if (document.querySelector("dialog[open]") !== null) return;
      const command = keys.press(event, isField(event.target), lettersAreOn());
      if (command === undefined) return;
      event.preventDefault();
      act(command);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [keys, navigate, open]);
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}
