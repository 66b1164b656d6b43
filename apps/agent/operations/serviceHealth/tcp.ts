import { once } from "node:events";
import { connect } from "node:net";
import type { ServiceHealth } from "@homeslice/protocol/operations/index.ts";
import type { Findings } from "../checks/check.ts";

type TcpProbe = Extract<ServiceHealth["probe"], { kind: "tcp" }>;

export async function probeTcp({ host, port }: TcpProbe, findings: Findings): Promise<null> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect");
    findings.add("connects", true, "a connection", `connected to ${socket.remoteAddress} port ${port}`);
    return null;
  } finally {
    socket.destroy();
  }
}
