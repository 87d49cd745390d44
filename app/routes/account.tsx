// A person's own pages: profile, sign-in methods, sessions.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { Outlet, useLoaderData } from "@remix-run/react";
import { AccountFrame } from "~/app/accounts/account-frame";
import { load } from "~/app/rpc";

export async function loader({ request, context }: LoaderFunctionArgs) {
  return { me: await load({ request, context }, () => context.api().accounts.me()) };
}

export default function Account() {
  const { me } = useLoaderData<typeof loader>();
  return (
    <AccountFrame me={me}>
      <Outlet />
    </AccountFrame>
  );
}
