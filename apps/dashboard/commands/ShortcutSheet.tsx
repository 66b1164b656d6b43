import { useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { lettersAreOn, pageShortcuts, setLetters } from "./shortcuts.ts";

/** Every shortcut, and the switch for those of a single letter. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const { app, commands: texts } = useMessages();
  const [letters, setShown] = useState(lettersAreOn);
  const rows = [
    { keys: ["Ctrl", "K"], name: texts.title },
    { keys: ["?"], name: texts.shortcuts },
    { keys: ["/"], name: texts.goSearch },
    ...pageShortcuts.map(({ letter, page }) => ({ keys: ["g", letter], name: app.pages[page.name] })),
  ];
  return (
    <Dialog title={texts.shortcuts} onClose={onClose}>
      <dl className="shortcuts">
        {rows.map(({ keys, name }) => (
          <div key={name}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{name}</dd>
          </div>
        ))}
      </dl>
      <label className="log-switch">
        <input
          type="checkbox"
          checked={letters}
          onChange={({ target }) => {
            setShown(target.checked);
            setLetters(target.checked);
          }}
        />
        {texts.letters}
      </label>
    </Dialog>
  );
}
