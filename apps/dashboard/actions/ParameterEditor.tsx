import { useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { BoundCheck, BoundLines, BoundNumber, BoundSelect, BoundText, useDefinition } from "./boundFields.tsx";
import { isObject, renamed, valueAt } from "./definition.ts";

/** The parameters of an action: the name, the type and the rules of each. */
export function ParameterEditor() {
  const { actions: texts } = useMessages();
  const { definition, set } = useDefinition();
  const held = valueAt(definition, ["parameters"]);
  const parameters = isObject(held) ? held : {};
  const names = Object.keys(parameters);
  const add = () => {
    const free = Array.from({ length: names.length + 1 }, (_, index) => `parameter_${index + 1}`);
    const name = free.find((one) => !names.includes(one)) ?? "parameter";
    set(["parameters"], { ...parameters, [name]: { type: "string" } });
  };
  return (
    <fieldset className="group">
      <legend>{texts.parameters}</legend>
      <p className="field-hint">{texts.parametersHint}</p>
      {names.map((name, place) => (
        // By its place: while the name is written, the fields stay what they are.
        <ParameterFieldset
          key={`parameter-${String(place)}`}
          name={name}
          onRename={(to) => set(["parameters"], { ...renamed(parameters, name, to) })}
        />
      ))}
      <div className="actions">
        <Button onClick={add}>{texts.addParameter}</Button>
      </div>
    </fieldset>
  );
}

function ParameterFieldset({ name, onRename }: { name: string; onRename: (name: string) => void }) {
  const { actions: texts } = useMessages();
  const { definition, set } = useDefinition();
  const at = (...path: string[]) => ["parameters", name, ...path];
  const type = valueAt(definition, at("type"));
  return (
    <fieldset className="group">
      <legend>
        <code>{name}</code>
      </legend>
      <div className="form-row">
        <NameField name={name} onRename={onRename} />
        <BoundSelect path={at("type")} label={texts.type} names={texts.parameterTypes} fallback="string" />
      </div>
      <BoundText path={at("description")} label={texts.description} optional />
      {type !== "secret" && type !== "list" && (
        <BoundText path={at("default")} label={texts.default} optional hint={texts.defaultHint} />
      )}
      {(type === "enum" || type === "string") && (
        <BoundLines path={at("validation", "one_of")} label={texts.oneOf} optional={type !== "enum"} />
      )}
      {(type === "integer" || type === "number") && (
        <div className="form-row">
          <BoundNumber path={at("validation", "min")} label={texts.min} optional />
          <BoundNumber path={at("validation", "max")} label={texts.max} optional />
        </div>
      )}
      {type === "string" && <BoundText path={at("validation", "pattern")} label={texts.pattern} optional mono />}
      <BoundCheck path={at("required")} label={texts.required} fallback />
      <div className="actions">
        <Button aria-label={texts.removeParameter(name)} onClick={() => set(at(), undefined)}>
          {texts.remove}
        </Button>
      </div>
    </fieldset>
  );
}

/** The name of a parameter, taken when one leaves the field: each letter would make another parameter. */
function NameField({ name, onRename }: { name: string; onRename: (name: string) => void }) {
  const { actions: texts } = useMessages();
  const [typed, setTyped] = useState<string>();
  const finish = () => {
    if (typed !== undefined && typed !== "" && typed !== name) onRename(typed);
    setTyped(undefined);
  };
  return (
    <Field label={texts.name} hint={texts.parameterNameHint}>
      {(control) => (
        <input
          {...control}
          className="mono"
          autoComplete="off"
          spellCheck={false}
          value={typed ?? name}
          onChange={({ target }) => setTyped(target.value)}
          onBlur={finish}
        />
      )}
    </Field>
  );
}
