// Takes a variable's value away.
import { useNavigation } from "@remix-run/react";
import { CsrfForm } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";

export function UnsetVariable({ name }: { name: string }) {
  const { formData } = useNavigation();
  const isBusy = formData?.get("intent") === "unset" && formData.get("name") === name;
  return (
    <CsrfForm>
      <input type="hidden" name="name" value={name} />
      <input type="hidden" name="intent" value="unset" />
      <Button tone="quiet" size="small" isBusy={isBusy} aria-label={`Unset ${name}`}>
        Unset
      </Button>
    </CsrfForm>
  );
}
