import type { Values } from "@homeslice/plugin/values.ts";
import { describe, expect, test } from "vitest";
import { readinessCheck } from "./ready.ts";

const nothingAround = { hasEndpoints: false, bindingMode: "" };

function readiness(object: Values, around = nothingAround) {
  return readinessCheck(object)?.(object, around).state;
}

const claim = (phase: string) => ({ apiVersion: "v1", kind: "PersistentVolumeClaim", status: { phase } });
const service = (spec: Values) => ({ apiVersion: "v1", kind: "Service", spec });
const job = (type: string) => ({
  apiVersion: "batch/v1",
  kind: "Job",
  status: { conditions: [{ type, status: "True", reason: "Because", message: "of that" }] },
});

describe("readiness", () => {
  test("of a Deployment needs its controller to have seen the latest generation", () => {
    const deployment = (observedGeneration: number) => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { generation: 2 },
      spec: { replicas: 1 },
      status: {
        observedGeneration,
        updatedReplicas: 1,
        conditions: [
          { type: "Available", status: "True" },
          { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" },
        ],
      },
    });
    expect(readiness(deployment(1))).toBe("waiting");
    expect(readiness(deployment(2))).toBe("ready");
  });

  test("of any kind is the condition that the program waits for", () => {
    const waited = (status: string): Values => ({
      apiVersion: "example.org/v1",
      kind: "Thing",
      metadata: { annotations: { "pulumi.com/waitFor": "condition=Ready" } },
      status: { conditions: [{ type: "Ready", status }] },
    });
    expect(readiness(waited("False"))).toBe("waiting");
    expect(readiness(waited("True"))).toBe("ready");
  });

  test("of a claim that binds at first use does not need a volume yet", () => {
    expect(readiness(claim("Pending"))).toBe("waiting");
    expect(readiness(claim("Pending"), { ...nothingAround, bindingMode: "WaitForFirstConsumer" })).toBe("ready");
    expect(readiness(claim("Bound"))).toBe("ready");
  });

  test("of a Service needs a ready pod unless it is headless or selects none", () => {
    expect(readiness(service({ selector: { app: "a" } }))).toBe("waiting");
    expect(readiness(service({ selector: { app: "a" } }), { ...nothingAround, hasEndpoints: true })).toBe("ready");
    expect(readiness(service({ selector: { app: "a" }, clusterIP: "None" }))).toBe("ready");
    expect(readiness(service({}))).toBe("ready");
  });

  test("of a Job that failed is given up at once", () => {
    expect(readiness(job("Complete"))).toBe("ready");
    expect(readiness(job("Failed"))).toBe("failed");
  });

  test("is not asked of kinds that simply exist", () => {
    expect(readinessCheck({ apiVersion: "v1", kind: "ConfigMap" })).toBeUndefined();
  });
});
