import { useLanguage } from "../i18n/messages.tsx";
import { ago } from "./time.ts";
import { useNow } from "./useNow.ts";

/** A point in time as people of that language write it. @param zone IANA time zone. Default: that of the browser */
export function moment(at: string, language: string, zone?: string): string {
  const options = { dateStyle: "medium", timeStyle: "short", ...(zone !== undefined && { timeZone: zone }) } as const;
  return new Intl.DateTimeFormat(language, options).format(new Date(at));
}

/** A point in time by how far away it is; in full where one points at it. */
export function Moment({ at }: { at: string }) {
  const language = useLanguage();
  const now = useNow();
  return (
    <time dateTime={at} title={moment(at, language)}>
      {ago(at, now, language)}
    </time>
  );
}
