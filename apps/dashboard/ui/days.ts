import { z } from "zod";

/** A day of the calendar as addresses have it: 2026-11-21. */
export const Day = z.iso.date().optional().catch(undefined);

/** When a day begins, where the browser is. */
export function dayStart(day: string): string {
  return new Date(`${day}T00:00:00`).toISOString();
}

/** When a day is over, where the browser is. */
export function dayEnd(day: string): string {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + 1);
  return date.toISOString();
}
