import { use } from "react";
import { FaultsContext } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { Field } from "../ui/Field.tsx";
import { ImportButton } from "./ImportButton.tsx";
import type { Builder } from "./useBuilder.ts";

/** The whole definition as a file, beside the fields: a change on one side is at once on the other. */
export function YamlEditor({ builder }: { builder: Builder }) {
  const { actions: texts } = useMessages();
  const { yaml, setYaml, yamlFault, faults, checked } = builder;
  const places = Object.entries(use(FaultsContext));
  const isValid = checked && yamlFault === undefined && Object.keys(faults).length === 0;
  return (
    <div className="form yaml-side">
      <Field label="YAML" hint={texts.yamlHint} error={yamlFault}>
        {(control) => (
          <textarea
            {...control}
            className="mono"
            rows={24}
            spellCheck={false}
            value={yaml}
            onChange={({ target }) => setYaml(target.value)}
          />
        )}
      </Field>
      <ImportButton builder={builder} />
      <div role="status">
        {places.length > 0 && (
          <ul>
            {places.map(([place, message]) => (
              <li key={place}>
                <code>{place}</code>: {message}
              </li>
            ))}
          </ul>
        )}
        {isValid && <p>{texts.valid}</p>}
      </div>
    </div>
  );
}
