import type { Operation } from "@homeslice/protocol/operations/index.ts";
import { useMessages } from "../i18n/messages.tsx";
import { exactText } from "../ui/exactText.ts";
import { Facts } from "../ui/Facts.tsx";
import { CommandLine } from "./CommandLine.tsx";

/** Exactly what would be done: each word of a command by itself, and everything else that was said of it. */
export function OperationView({ operation }: { operation: Operation }) {
  const { run: texts } = useMessages();
  if (operation.type !== "shell_command") return <Facts facts={factsOf(operation)} />;
  const { argv, ...rest } = operation;
  const facts = factsOf(rest).filter(([name]) => name !== "type");
  return (
    <>
      <CommandLine words={argv} label={texts.words} />
      {facts.length > 0 && <Facts facts={facts} />}
    </>
  );
}

function factsOf(operation: object): (readonly [string, string])[] {
  return Object.entries(operation).map(([name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return [name, exactText(text ?? "")] as const;
  });
}
