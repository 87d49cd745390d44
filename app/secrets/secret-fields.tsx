// One field for each secret that a bundle names; what is set already may stay as it is.
import { PasswordField } from "~/app/ui/password-field";
import type { SecretItem } from "~/server/secrets/secrets.contract";
import { secretFieldOf } from "./secrets-of-form";

type Props = {
  requiredKeys: string[];
  optionalKeys: string[];
  known: SecretItem[];
  errors: Record<string, string>;
};

export function SecretFields({ requiredKeys, optionalKeys, known, errors }: Props) {
  const isSet = (name: string) => known.some((secret) => secret.name === name && secret.isSet);
  return (
    <div className="grid grid-cols-1 gap-5">
      {requiredKeys.map((name) => (
        <SecretField
          key={name}
          name={name}
          note={isSet(name) ? "Set already; leave empty to keep it." : "Required by the bundle."}
          errors={errors}
        />
      ))}
      {optionalKeys.map((name) => (
        <SecretField
          key={name}
          name={name}
          note={isSet(name) ? "Set already; leave empty to keep it." : "Optional."}
          errors={errors}
        />
      ))}
    </div>
  );
}

function SecretField({ name, note, errors }: { name: string; note: string; errors: Record<string, string> }) {
  const field = secretFieldOf(name);
  return (
    <PasswordField
      label={<code className="font-mono">{name}</code>}
      name={field}
      isMono
      autoComplete="off"
      spellCheck={false}
      help={note}
      error={errors[field]}
    />
  );
}
