import { useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "./Button.tsx";

/** Copies a text, and says whether that worked: a browser may refuse. */
export function CopyButton({ text }: { text: string }) {
  const { ui } = useMessages();
  const [outcome, setOutcome] = useState<"copied" | "notCopied">();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome("copied");
    } catch {
      setOutcome("notCopied");
    }
  };
  return (
    <>
      <Button onClick={() => void copy()}>{ui.copy}</Button>
      <span role="status">{outcome && ui[outcome]}</span>
    </>
  );
}
