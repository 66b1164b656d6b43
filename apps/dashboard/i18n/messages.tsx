import { createContext, type ReactNode, use } from "react";
import { de } from "./de.ts";
import { en, type Messages } from "./en.ts";

const languages = { en, de } as const;
export type Language = keyof typeof languages;

const isLanguage = (name: string): name is Language => Object.hasOwn(languages, name);

/** The language that the browser asks for first of those there are; English where there is none. */
export function preferredLanguage(asked: readonly string[]): Language {
  return asked.map((tag) => tag.split("-")[0] ?? "").find(isLanguage) ?? "en";
}

const MessagesContext = createContext<{ language: Language; messages: Messages }>({ language: "en", messages: en });

export function MessagesProvider({ language, children }: { language: Language; children: ReactNode }) {
  return <MessagesContext value={{ language, messages: languages[language] }}>{children}</MessagesContext>;
}

/** The texts in the language of the page. */
export function useMessages(): Messages {
  return use(MessagesContext).messages;
}

/** The language of the page, for numbers and times. */
export function useLanguage(): Language {
  return use(MessagesContext).language;
}
