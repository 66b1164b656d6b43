import { useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { actionInFile, yamlOf } from "./actionYaml.ts";
import type { Builder } from "./useBuilder.ts";

/** Takes an action from a file; of one that has none, it says what is wrong, and changes nothing. */
export function ImportButton({ builder: { definition, setYaml } }: { builder: Builder }) {
  const messages = useMessages();
  const texts = messages.actions;
  const [said, setSaid] = useState<{ readonly text: string; readonly isFault: boolean }>();
  const take = async (file: File) => {
    const read = await actionInFile(file, messages).catch((failure: unknown) => ({ fault: String(failure) }));
    if ("fault" in read) return setSaid({ text: texts.importFault(file.name, read.fault), isFault: true });
    const isSame = yamlOf(read.definition) === yamlOf(definition);
    setSaid({ text: isSame ? texts.importSame(file.name) : texts.imported(file.name), isFault: false });
    if (!isSame) setYaml(read.text);
  };
  return (
    <>
      <label className="button file-button">
        {texts.import}
        <input
          type="file"
          className="visually-hidden"
          accept=".yaml,.yml"
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            if (file) void take(file);
            // So that the same file can be chosen again, once it is mended.
            target.value = "";
          }}
        />
      </label>
      <p role="status" className={said?.isFault ? "field-error" : "muted"}>
        {said?.text}
      </p>
    </>
  );
}
