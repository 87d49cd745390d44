// What a form sends to take a secret's value away.
export function UnsetFields({ name }: { name: string }) {
  return (
    <>
      <input type="hidden" name="name" value={name} />
      <input type="hidden" name="intent" value="unset" />
    </>
  );
}
