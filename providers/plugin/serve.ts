import { flushCompileCache } from "node:module";
import grpc from "@grpc/grpc-js";
import engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import providerRpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import { difference } from "./difference.ts";
import { checkFailures, checkResponse, diffResponse, serviceError, struct, values } from "./messages.ts";
import type { Provider, ResourceCall } from "./provider.ts";
import type { Values } from "./values.ts";

// The plugin protocol itself, because `@pulumi/pulumi/provider` passes neither provider inputs, nor previews, nor
// old inputs on. Secrets are not accepted: the engine then sends plain values and keeps their secret marks itself.

type Log = (urn: string) => ResourceCall["log"];

interface ResourceMessage {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

/** Serves the provider to the engine that started this process, until the engine is gone. */
export async function serve(provider: Provider): Promise<void> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(providerRpc.ResourceProviderService, handlers(provider, engineLog(process.argv[2])));
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
    error ? reject(error) : resolve(port),
  );
  process.stdout.write(`${await promise}\n`);
  process.stdin.on("end", () => process.exit(0)).resume(); // the engine holds the other end as long as it lives
  flushCompileCache(); // at the signal by which the engine ends this process, what was compiled would be forgotten
}

function handlers(provider: Provider, log: Log): grpc.UntypedServiceImplementation {
  return {
    ...configuration(provider),
    ...planning(provider, log),
    ...lifecycle(provider, log),
    ...functions(provider),
  };
}

function configuration(provider: Provider): grpc.UntypedServiceImplementation {
  return {
    getPluginInfo: unary(async () => {
      const info = new pluginMessages.PluginInfo();
      info.setVersion(provider.version);
      return info;
    }),
    checkConfig: unary(async (request: InstanceType<typeof messages.CheckRequest>) => {
      const inputs = values(request.getNews());
      return checkResponse((await provider.checkConfig?.(inputs)) ?? { inputs });
    }),
    diffConfig: unary(async (request: InstanceType<typeof messages.DiffRequest>) => {
      const [before, after] = [values(request.getOldInputs()), values(request.getNews())];
      const replaces = provider.configReplaces(before, after);
      return diffResponse({ changes: difference(before, after), replaces: (path) => replaces.includes(path) });
    }),
    configure: unary(async (request: InstanceType<typeof messages.ConfigureRequest>) => {
      await provider.configure(fromConfiguration(request));
      const response = new messages.ConfigureResponse();
      response.setSupportspreview(true);
      return response;
    }),
    cancel: unary(async () => {
      provider.cancel();
      return new emptyMessages.Empty();
    }),
  };
}

function planning(provider: Provider, log: Log): grpc.UntypedServiceImplementation {
  return {
    check: unary(async (request: InstanceType<typeof messages.CheckRequest>) => {
      const result = await provider.check({
        ...resource(request, log),
        oldInputs: values(request.getOlds()),
        inputs: values(request.getNews()),
        seed: request.getRandomseed_asU8(),
      });
      return checkResponse(result);
    }),
    diff: unary(async (request: InstanceType<typeof messages.DiffRequest>) =>
      diffResponse(
        await provider.diff({
          ...resource(request, log),
          id: request.getId(),
          oldInputs: values(request.getOldInputs()),
          oldOutputs: values(request.getOlds()),
          inputs: values(request.getNews()),
        }),
      ),
    ),
  };
}

function lifecycle(provider: Provider, log: Log): grpc.UntypedServiceImplementation {
  return {
    create: unary(async (request: InstanceType<typeof messages.CreateRequest>) => {
      const { id, outputs } = await provider.create({
        ...resource(request, log),
        inputs: values(request.getProperties()),
        preview: request.getPreview(),
        timeoutMs: timeoutMs(request.getTimeout()),
      });
      const response = new messages.CreateResponse();
      response.setId(request.getPreview() ? "" : id);
      response.setProperties(struct(outputs));
      return response;
    }),
    read: unary(async (request: InstanceType<typeof messages.ReadRequest>) => {
      const result = await provider.read({
        ...resource(request, log),
        id: request.getId(),
        oldInputs: values(request.getInputs()),
        oldOutputs: values(request.getProperties()),
      });
      const response = new messages.ReadResponse();
      if (!result) return response; // without an id: the resource is gone
      response.setId(result.id ?? request.getId());
      response.setInputs(struct(result.inputs));
      response.setProperties(struct(result.outputs));
      return response;
    }),
    update: unary(async (request: InstanceType<typeof messages.UpdateRequest>) => {
      const outputs = await provider.update({
        ...resource(request, log),
        id: request.getId(),
        oldInputs: values(request.getOldInputs()),
        oldOutputs: values(request.getOlds()),
        inputs: values(request.getNews()),
        preview: request.getPreview(),
        timeoutMs: timeoutMs(request.getTimeout()),
      });
      const response = new messages.UpdateResponse();
      response.setProperties(struct(outputs));
      return response;
    }),
    delete: unary(async (request: InstanceType<typeof messages.DeleteRequest>) => {
      await provider.delete({
        ...resource(request, log),
        id: request.getId(),
        oldInputs: values(request.getOldInputs()),
        oldOutputs: values(request.getProperties()),
        timeoutMs: timeoutMs(request.getTimeout()),
      });
      return new emptyMessages.Empty();
    }),
  };
}

function functions(provider: Provider): grpc.UntypedServiceImplementation {
  return {
    invoke: unary(async (request: InstanceType<typeof messages.InvokeRequest>) => {
      const call = { token: request.getTok(), args: values(request.getArgs()), preview: request.getPreview() };
      if (!provider.invoke) throw new Error(`there is no function ${call.token}`);
      const { outputs, failures } = await provider.invoke(call);
      const response = new messages.InvokeResponse();
      response.setReturn(struct(outputs));
      response.setFailuresList(checkFailures(failures));
      return response;
    }),
  };
}

function unary<Request, Response>(handle: (request: Request) => Promise<Response>) {
  return (call: grpc.ServerUnaryCall<Request, Response>, callback: grpc.sendUnaryData<Response>): void => {
    handle(call.request).then(
      (response) => callback(null, response),
      (error: unknown) => callback(serviceError(error)),
    );
  };
}

function resource(request: ResourceMessage, log: Log): ResourceCall {
  const urn = request.getUrn();
  return { urn, type: request.getType(), name: request.getName(), log: log(urn) };
}

function engineLog(address: string | undefined): Log {
  if (address === undefined) return () => () => undefined;
  const engine = new engineRpc.EngineClient(address, grpc.credentials.createInsecure());
  const severities = { info: engineMessages.LogSeverity.INFO, warning: engineMessages.LogSeverity.WARNING } as const;
  return (urn) => (severity, message) => {
    const request = new engineMessages.LogRequest();
    request.setSeverity(severities[severity]);
    request.setMessage(message);
    request.setUrn(urn);
    engine.log(request, () => undefined); // a lost message must not fail the operation
  };
}

const timeoutMs = (seconds: number) => (seconds > 0 ? seconds * 1000 : undefined);

/** Provider inputs arrive as `variables` named `package:config:key`, in clear; objects and booleans as JSON text. */
function fromConfiguration(request: InstanceType<typeof messages.ConfigureRequest>): Values {
  const entries = request.getVariablesMap().toArray();
  return Object.fromEntries(entries.map(([key, value]: [string, string]) => [key.split(":")[2] ?? key, value]));
}
