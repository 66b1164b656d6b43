import grpc from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import anyMessages from "google-protobuf/google/protobuf/any_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import type { Change } from "./difference.ts";
import { type CheckResult, type DiffResult, InitializationError } from "./provider.ts";
import { type Values, valuesSchema } from "./values.ts";

// What goes over the wire of the plugin protocol, from and to plain values.

type Struct = InstanceType<typeof structMessages.Struct>;

/** Plain values as a message. */
export const struct = (value: Values): Struct => structMessages.Struct.fromJavaScript(value);

/** A message as plain values; none is an empty one. */
export const values = (message: Struct | undefined): Values => valuesSchema.parse(message?.toJavaScript() ?? {});

/** What `check` and `checkConfig` answer. */
export function checkResponse({ inputs, failures }: CheckResult) {
  const response = new messages.CheckResponse();
  response.setInputs(struct(inputs));
  response.setFailuresList(checkFailures(failures));
  return response;
}

/** What is wrong with which property. */
export function checkFailures(failures: CheckResult["failures"] = []) {
  return failures.map(({ property, reason }) => {
    const failure = new messages.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    return failure;
  });
}

/** What `diff` and `diffConfig` answer. */
export function diffResponse({ changes, replaces, deleteBeforeReplace }: DiffResult) {
  const response = new messages.DiffResponse();
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
  response.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setReplacesList(changes.map(({ path }) => path).filter(replaces));
  response.setDeletebeforereplace(deleteBeforeReplace ?? false);
  response.setHasdetaileddiff(true);
  for (const change of changes) response.getDetaileddiffMap().set(change.path, propertyDiff(change, replaces));
  return response;
}

function propertyDiff({ path, kind }: Change, replaces: (path: string) => boolean) {
  const { Kind } = messages.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  const diff = new messages.PropertyDiff();
  diff.setKind(kinds[kind][replaces(path) ? 1 : 0]);
  diff.setInputdiff(true);
  return diff;
}

/** The error in the form of the protocol; a resource that exists but does not work travels in its details. */
export function serviceError(error: unknown): Partial<grpc.StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof InitializationError)) return { code: grpc.status.UNKNOWN, details: message };
  const detail = new messages.ErrorResourceInitFailed();
  detail.setId(error.id);
  detail.setProperties(struct(error.outputs));
  detail.setReasonsList([...error.reasons]);
  const packed = new anyMessages.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusMessages.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}
