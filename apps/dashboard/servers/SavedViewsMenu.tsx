import { type FormEvent, useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { type SavedViews, storedViews, storeViews } from "./savedViews.ts";
import type { ServerSearch } from "./serverFilter.ts";

interface SavedViewsMenuProps {
  readonly search: ServerSearch;
  readonly onChoose: (search: ServerSearch) => void;
}

/** Filters that were given a name in this browser: one click shows them again. */
export function SavedViewsMenu({ search, onChoose }: SavedViewsMenuProps) {
  const { servers: texts } = useMessages();
  const [views, setViews] = useState(storedViews);
  const [naming, setNaming] = useState(false);
  const keep = (changed: SavedViews) => {
    storeViews(changed);
    setViews(changed);
  };
  const names = Object.keys(views).sort();
  const filtered = Object.values(search).some((value) => value !== undefined);
  return (
    <div className="actions">
      {names.map((name) => (
        <span key={name} className="saved-view">
          <Button onClick={() => onChoose(views[name] ?? {})}>{name}</Button>
          <Button
            className="button-quiet"
            aria-label={texts.views.forget(name)}
            onClick={() => keep(Object.fromEntries(Object.entries(views).filter(([kept]) => kept !== name)))}
          >
            <span aria-hidden="true">✕</span>
          </Button>
        </span>
      ))}
      {filtered && <Button onClick={() => setNaming(true)}>{texts.views.save}</Button>}
      {naming && (
        <NameDialog
          onClose={() => setNaming(false)}
          onName={(name) => {
            keep({ ...views, [name]: search });
            setNaming(false);
          }}
        />
      )}
    </div>
  );
}

function NameDialog({ onName, onClose }: { onName: (name: string) => void; onClose: () => void }) {
  const { servers: texts } = useMessages();
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onName(name.trim());
  };
  return (
    <Dialog title={texts.views.save} onClose={onClose}>
      <form onSubmit={submit}>
        <Field label={texts.views.name} hint={texts.views.hint}>
          {(control) => (
            <input
              {...control}
              required
              maxLength={40}
              pattern=".*\S.*"
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <div className="dialog-actions">
          <Button type="submit" kind="primary">
            {texts.views.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
