// The address of the installation's own operator, to which no mail can be sent.

/** Nobody can sign up with it: the operator comes in by the link on the console. */
export const operatorEmail = "operator@localhost";

export function isMailless(email: string): boolean {
  return email === operatorEmail;
}
