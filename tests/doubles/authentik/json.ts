import { z } from "zod";

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export const jsonObjectSchema: z.ZodType<JsonObject> = z.record(z.string(), z.json());

export function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
