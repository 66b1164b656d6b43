import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ErrorNotice } from "../ui/notices.tsx";
import { SignIn } from "./SignIn.tsx";
import { sessionQuery } from "./session.ts";

/** Shows what is inside to whoever is logged in; when a session ends, the login comes over the page and not in its place. */
export function SessionGate({ children }: { children: ReactNode }) {
  const { data, error, refetch } = useQuery(sessionQuery);
  const [wasIn, setWasIn] = useState(false);
  if (data?.caller && !wasIn) setWasIn(true);
  // Once it is known who is there, the page stays, with whatever was filled in, also when that cannot be asked again.
  if (!data) return error && <ErrorNotice error={error} reset={() => void refetch()} />;
  return (
    <>
      {children}
      {data.caller === null && (
        <SignIn byProvider={data.login.provider} byPassword={data.login.password} again={wasIn} />
      )}
    </>
  );
}
