/** WebSocket close codes of Homeslice (4000–4999 are for applications). */
export const closeCode = {
  invalid_message: 4400,
  not_authenticated: 4401,
  not_permitted: 4403,
  not_found: 4404,
  no_common_version: 4426,
  too_many: 4429,
} as const;
