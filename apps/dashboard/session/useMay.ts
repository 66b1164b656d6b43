import { type Permission, permits } from "@homeslice/protocol/access.ts";
import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "./session.ts";

/** Whether whoever is logged in has a permission: what they may not do is not offered. The API decides all the same. */
export function useMay(permission: Permission): boolean {
  const { data } = useQuery(sessionQuery);
  return data?.caller ? permits(data.caller, permission) : false;
}
