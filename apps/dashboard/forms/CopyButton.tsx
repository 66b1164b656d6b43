import { useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";

/** Puts a text where it can be pasted from, and says so. */
export function CopyButton({ text }: { text: string }) {
  const { forms } = useMessages();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <Button onClick={() => void copy()}>
      <span role="status">{copied ? forms.copied : forms.copy}</span>
    </Button>
  );
}
