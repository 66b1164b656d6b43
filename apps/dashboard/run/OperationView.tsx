import type { Operation } from "@homeslice/protocol/operations/index.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Facts } from "../ui/Facts.tsx";
import { CommandLine } from "./CommandLine.tsx";
import { operationFacts } from "./operationFacts.ts";

/** Exactly what would be done: each word of a command by itself, and everything else that was said of it. */
export function OperationView({ operation }: { operation: Operation }) {
  const messages = useMessages();
  const facts = operationFacts(operation, messages);
  if (operation.type !== "shell_command") return <Facts facts={facts} />;
  return (
    <>
      <CommandLine words={operation.argv} label={messages.run.words} />
      {facts.length > 0 && <Facts facts={facts} />}
    </>
  );
}
