import { createContext, type ReactNode, use } from "react";
import type { Messages } from "./en/index.ts";

/** How the catalogue of each language is fetched: a page needs one of them. */
const catalogues = {
  en: () => import("./en/index.ts"),
  de: () => import("./de/index.ts"),
} as const;
export type Language = keyof typeof catalogues;

const isLanguage = (name: string): name is Language => Object.hasOwn(catalogues, name);

/** The language that the browser asks for first of those there are; English where there is none. */
export function preferredLanguage(asked: readonly string[]): Language {
  return asked.map((tag) => tag.split("-")[0] ?? "").find(isLanguage) ?? "en";
}

/** Every text in a language. */
export async function messagesIn(language: Language): Promise<Messages> {
  return (await catalogues[language]()).messages;
}

interface Texts {
  readonly language: Language;
  readonly messages: Messages;
}

const MessagesContext = createContext<Texts | undefined>(undefined);

export function MessagesProvider({ language, messages, children }: Texts & { children: ReactNode }) {
  return <MessagesContext value={{ language, messages }}>{children}</MessagesContext>;
}

function useTexts(): Texts {
  const texts = use(MessagesContext);
  if (texts === undefined) throw new Error("there are no texts outside of a MessagesProvider");
  return texts;
}

/** The texts in the language of the page. */
export function useMessages(): Messages {
  return useTexts().messages;
}

/** The language of the page, for numbers and times. */
export function useLanguage(): Language {
  return useTexts().language;
}
