// Asks for the name of the workspace before something that one cannot take back oneself.
import type { FormProblem } from "~/app/rpc";
import { TextField } from "~/app/ui/text-field";

type Props = { name: string; intent: string; problem: FormProblem | null | undefined };

export function ConfirmName({ name, intent, problem }: Props) {
  return (
    <TextField
      label={
        <>
          Type <code className="font-mono">{name}</code> to confirm
        </>
      }
      name="confirmation"
      id={`field-${intent}-confirmation`}
      autoComplete="off"
      spellCheck={false}
      required
      error={problem?.fields["confirmation"]}
    />
  );
}
