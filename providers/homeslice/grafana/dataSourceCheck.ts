import { type CheckResult, type DiffResult, type ReadResult, secret, type Values } from "@homeslice/plugin";
import { z } from "zod";
import { checkArgs } from "../engine/check.ts";
import { changesBetween } from "../engine/compare.ts";
import type { Connect, Kind, Versions } from "../engine/kind.ts";
import { name, url } from "../resources/fields.ts";
import { untilHealthy } from "./health.ts";

export const DATA_SOURCE_CHECK = "homeslice:grafana:DataSourceCheck";

export const dataSourceCheckArgs = {
  /** What messages call the source of data. */
  dataSource: name,
  /** Address of Grafana that answers with success when it reaches the source. */
  url,
  /** An account of Grafana that may ask. */
  user: name,
  password: name,
  /** Anything that changes when the source does: the check is then made again. */
  revision: name,
  /** PEM of the certificate authority that has signed the certificate of Grafana, when it is none of the usual ones. */
  caCert: z.string().exactOptional(),
  /** How long it may take until Grafana reaches the source. @default 180 */
  timeoutSeconds: z.int().min(1).default(180),
};

const schema = z.object(dataSourceCheckArgs);

/** No object anywhere, but the proof that Grafana has reached a source of data as it is now. */
export class DataSourceCheckKind implements Kind {
  readonly type = DATA_SOURCE_CHECK;
  readonly #cancellation = new AbortController();

  check(given: Values): CheckResult {
    const { inputs, failures } = checkArgs(dataSourceCheckArgs, given);
    // The engine shows the value of a property that it is told of.
    return {
      inputs,
      failures: failures.map((failure) => (failure.property === "password" ? hidden(failure) : failure)),
    };
  }

  diff(oldInputs: Values, inputs: Values): DiffResult {
    return { changes: changesBetween(oldInputs, inputs, {}), replaces: () => false };
  }

  planned(inputs: Values): Values {
    return inputs;
  }

  async create(_: Connect, inputs: Values): Promise<{ readonly id: string; readonly outputs: Values }> {
    return { id: String(inputs["dataSource"]), outputs: await this.#checked(inputs) };
  }

  /** Whether a source is well at this moment is the business of monitoring. */
  async read(_: Connect, id: string, oldInputs: Values | undefined): Promise<ReadResult | undefined> {
    return oldInputs && { id, inputs: oldInputs, outputs: sealed(oldInputs) };
  }

  update(_: Connect, __: string, ___: Versions, inputs: Values): Promise<Values> {
    return this.#checked(inputs);
  }

  async delete(): Promise<void> {}

  /** Ends what is under way. */
  cancel(): void {
    this.#cancellation.abort(new Error("cancelled"));
  }

  async #checked(inputs: Values): Promise<Values> {
    await untilHealthy(schema.parse(inputs), this.#cancellation.signal);
    return sealed(inputs);
  }
}

const sealed = (inputs: Values): Values => ({ ...inputs, password: secret(inputs["password"] ?? null) });

function hidden({ property, reason }: { readonly property: string; readonly reason: string }) {
  return { property: "", reason: `${property} ${reason}` };
}
