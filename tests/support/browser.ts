import { randomInt } from "node:crypto";

/** As much of a browser as a login needs: it keeps cookies for each host, follows redirects, and fills in the one form. */
export class Visitor {
  /** Where it comes from, as a proxy would say: limits of one visitor are not those of the next. */
  readonly #address = `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;
  readonly #jars = new Map<string, Map<string, string>>();

  /** One request, with the cookies of its host. */
  async request(url: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
    const { host } = new URL(url);
    const jar = this.#jars.get(host) ?? new Map<string, string>();
    this.#jars.set(host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { "x-forwarded-for": this.#address, ...(cookie !== "" && { cookie }), ...init.headers };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const separator = pair.indexOf("=");
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(pair.slice(0, separator));
      else jar.set(pair.slice(0, separator), pair.slice(separator + 1));
    }
    return response;
  }

  /** Goes on from a page as a person of that name who logs in, until a redirect leads to where the path is. @returns that address */
  async logIn(start: string, name: string, until: string): Promise<string> {
    let url = start;
    let form: string | undefined;
    for (let step = 0; step < 12; step++) {
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const init = form === undefined ? {} : { method: "POST", headers, body: form };
      const response = await this.request(url, init);
      form = undefined;
      const location = response.headers.get("location");
      if (location !== null) {
        url = new URL(location, url).href;
        if (new URL(url).pathname === until) return url;
      } else {
        const text = await response.text();
        if (!text.includes('name="prompt" value="login"'))
          throw new Error(`no way on at ${url}: ${text.slice(0, 500)}`);
        form = new URLSearchParams({ prompt: "login", login: name, password: "any" }).toString();
        url = new URL(/action="([^"]+)"/.exec(text)?.[1] ?? url, url).href;
      }
    }
    throw new Error(`the way does not end: ${url}`);
  }

  cookie(url: string, name: string): string | undefined {
    return this.#jars.get(new URL(url).host)?.get(name);
  }

  /** Drops the cookies of a host. */
  forget(url: string): void {
    this.#jars.delete(new URL(url).host);
  }

  setCookie(url: string, name: string, value: string): void {
    const { host } = new URL(url);
    this.#jars.set(host, (this.#jars.get(host) ?? new Map<string, string>()).set(name, value));
  }
}
