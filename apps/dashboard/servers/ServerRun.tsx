import type { Server } from "@homeslice/protocol/servers.ts";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { CommandField } from "../run/CommandField.tsx";
import { commandWords } from "../run/commandWords.ts";
import { newKey } from "../run/newKey.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice } from "../ui/notices.tsx";

/** Runs one command on one server, and goes to its output. */
export function ServerRun({ server }: { server: Server }) {
  const { run: texts } = useMessages();
  const navigate = useNavigate();
  const [command, setCommand] = useState("");
  // The same key until something has started: a request whose answer was lost does not start it twice.
  const key = useRef(newKey());
  const start = useChange({
    run: ([program, ...rest]: [string, ...string[]]) =>
      api.call("startServerExecution", {
        params: { server_id: server.server_id },
        body: { operation: { type: "shell_command", argv: [program, ...rest] } },
        idempotencyKey: key.current,
      }),
    onDone: ({ execution_id }) =>
      void navigate({ to: "/executions/$executionId", params: { executionId: execution_id } }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [program, ...rest] = commandWords(command) ?? [];
    if (program !== undefined) start.start([program, ...rest]);
  };
  const change = (value: string) => {
    key.current = newKey();
    setCommand(value);
  };
  return (
    <form className="form" onSubmit={submit}>
      <CommandField value={command} onChange={change} error={start.faultAt("operation.argv")} />
      {start.error && <ErrorNotice error={start.error} />}
      <div className="actions">
        <Button type="submit" kind="primary" busy={start.busy}>
          {texts.runOn(server.hostname)}
        </Button>
      </div>
    </form>
  );
}
