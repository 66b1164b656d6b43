/** `__Host-`: the browser keeps it for this very host, over TLS (or on this machine) alone. */
export const SESSION_COOKIE = "__Host-homeslice";
/** Holds what a login under way has to remember until the browser is back from the identity provider. */
export const LOGIN_COOKIE = "__Host-homeslice-login";

/** The value of a cookie; undefined when the browser sent none of that name, or several. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const values = (header ?? "").split(";").flatMap((pair) => {
    const separator = pair.indexOf("=");
    return pair.slice(0, separator).trim() === name ? [pair.slice(separator + 1).trim()] : [];
  });
  return values.length === 1 ? values[0] : undefined;
}

/** `Set-Cookie` for a value that no script can read. `Lax`: it has to survive the way back from the identity provider. */
export function setCookie(name: string, value: string, maxAgeSeconds: number): string {
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}`;
}

export function clearCookie(name: string): string {
  return setCookie(name, "", 0);
}
