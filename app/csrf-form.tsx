// The form that every act goes through: this browser's CSRF token, a word by which it counts once, and a sign that it was sent.
import { Form, type FormProps, useNavigation, useRouteLoaderData } from "@remix-run/react";
import { forwardRef } from "react";
import type { loader } from "~/app/root";

export const CsrfForm = forwardRef<HTMLFormElement, FormProps>(function CsrfForm({ children, method = "post", ...rest }, ref) {
  return (
    <Form {...rest} ref={ref} method={method} noValidate>
      <CsrfField />
      {children}
    </Form>
  );
});

export function CsrfField() {
  const root = useRouteLoaderData<typeof loader>("root");
  return (
    <>
      <input type="hidden" name="csrf" value={root?.csrfToken ?? ""} />
      <input type="hidden" name="once" value={root?.formKey ?? ""} />
    </>
  );
}

/** Whether a form of this page is on its way; `intent` tells several forms of one page apart. */
export function useIsSubmitting(intent?: string): boolean {
  const { state, formData, formMethod } = useNavigation();
  if (state === "idle" || !formData || formMethod === "GET") return false;
  return intent === undefined || formData.get("intent") === intent;
}
