import type { z } from "zod";
import type { Messages } from "../i18n/en/index.ts";
import { useMessages } from "../i18n/messages.tsx";

type Texts = Messages["complaints"];
type Issue = Parameters<z.core.$ZodErrorMap>[0];

/** How a schema complains in the language of the page; what it says in words of its own stays as it is. */
export function useComplaints(): { readonly error: z.core.$ZodErrorMap } {
  const { complaints } = useMessages();
  return { error: (issue) => complaint(issue, complaints) };
}

/** What is wrong, by the code of the issue; undefined leaves it to the library. */
export function complaint(issue: Issue, texts: Texts): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.input == null ? texts.missing : texts.types[issue.expected];
    case "too_small":
      return issue.inclusive === false ? texts.over(`${issue.minimum}`) : tooSmall(issue.origin, issue.minimum, texts);
    case "too_big":
      return issue.inclusive === false ? texts.under(`${issue.maximum}`) : tooBig(issue.origin, issue.maximum, texts);
    case "invalid_format":
      return texts.formats[issue.format] ?? texts.format;
    case "invalid_value":
      return issue.input == null || issue.input === "" ? texts.missing : texts.oneOf(issue.values.join(", "));
    case "invalid_union":
      return issue.input == null || issue.input === "" ? texts.missing : texts.format;
    case "unrecognized_keys":
      return texts.unknown(issue.keys.join(", "));
    default:
      return undefined;
  }
}

function tooSmall(origin: string, minimum: number | bigint, texts: Texts): string {
  if (origin === "string") return minimum === 1 ? texts.missing : texts.shortest(Number(minimum));
  if (origin === "array" || origin === "set") return texts.fewest(Number(minimum));
  return texts.atLeast(`${minimum}`);
}

function tooBig(origin: string, maximum: number | bigint, texts: Texts): string {
  if (origin === "string") return texts.longest(Number(maximum));
  if (origin === "array" || origin === "set") return texts.most(Number(maximum));
  return texts.atMost(`${maximum}`);
}
