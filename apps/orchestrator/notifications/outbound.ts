import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import type { Agent, request } from "undici";

const CONNECT_TIMEOUT_MS = 5_000;
const TIMEOUT_MS = 10_000;
/** Of an answer, so much is read, and thrown away. */
const MAX_ANSWER_BYTES = 65_536;

/** What an address has to be for a request to go there. */
export interface OutboundRules {
  /** Internal networks (CIDR) that are allowed nevertheless. */
  readonly allowedNetworks: readonly string[];
}

/** Something that was not sent, with what is known of why. It never carries what the other side answered. */
export class OutboundError extends Error {
  override readonly name = "OutboundError";
  /** What the other side answered with, if it did. */
  readonly status: number | undefined;

  constructor(message: string, options: ErrorOptions & { readonly status?: number } = {}) {
    super(message, options);
    this.status = options.status;
  }
}

interface Client {
  readonly agent: Agent;
  readonly request: typeof request;
}

/**
 * Sends requests to addresses that users gave. None goes to this machine or into an internal network, whatever name,
 * redirect or DNS answer leads there: the address that was looked at is the address that is connected to.
 */
export class Outbound {
  readonly #allowed = new BlockList();
  /** Opened for the first request: the library takes long to load. */
  #client: Promise<Client> | undefined;

  constructor({ allowedNetworks }: OutboundRules) {
    for (const network of allowedNetworks) {
      const [address, bits] = ipaddr.parseCIDR(network);
      this.#allowed.addSubnet(address.toString(), bits, address.kind());
    }
  }

  /** @throws OutboundError when the address is not allowed, or the answer is not 2xx */
  async post(url: string, headers: Readonly<Record<string, string>>, body: string | Uint8Array): Promise<void> {
    const { hostname } = new URL(url);
    const literal = hostname.replace(/^\[(.*)\]$/, "$1");
    if (isIP(literal) !== 0 && !this.#mayReach(literal)) throw refused(hostname);
    const status = await this.#send(url, headers, body);
    if (status < 200 || status > 299) throw new OutboundError(`the other side answered ${status}`, { status });
  }

  async close(): Promise<void> {
    await (await this.#client)?.agent.close();
  }

  async #send(url: string, headers: Readonly<Record<string, string>>, body: string | Uint8Array): Promise<number> {
    try {
      this.#client ??= this.#open();
      const { agent: dispatcher, request } = await this.#client;
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const sent = { "content-type": "application/json", "user-agent": "homeslice", ...headers };
      const answer = await request(url, { dispatcher, method: "POST", headers: sent, body, signal });
      await answer.body.dump({ limit: MAX_ANSWER_BYTES });
      return answer.statusCode;
    } catch (error) {
      if (error instanceof OutboundError) throw error;
      throw new OutboundError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  async #open(): Promise<Client> {
    const { Agent, request } = await import("undici");
    const connect = { lookup: this.#lookup, timeout: CONNECT_TIMEOUT_MS };
    return { agent: new Agent({ connect, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS }), request };
  }

  readonly #lookup: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const forbidden = addresses.find(({ address }) => !this.#mayReach(address));
      if (forbidden !== undefined) return callback(refused(hostname), []);
      callback(null, addresses);
    });
  };

  #mayReach(text: string): boolean {
    // An IPv4 address in the clothes of an IPv6 one is what it is.
    const address = ipaddr.process(text);
    return address.range() === "unicast" || this.#allowed.check(address.toString(), address.kind());
  }
}

function refused(hostname: string): OutboundError {
  return new OutboundError(
    `${hostname} is an internal address; HOMESLICE_NOTIFY_NETWORKS names those that are allowed`,
  );
}
