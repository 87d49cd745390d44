// The frame of the operator's console. To anybody else its pages look missing: each asks for what only operators may read.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { Outlet, useLoaderData } from "@remix-run/react";
import { AdminTabs } from "~/app/admin/admin-tabs";
import { PersonFrame } from "~/app/frame/person-frame";
import { load } from "~/app/rpc";

export async function loader({ request, context }: LoaderFunctionArgs) {
  return { me: await load({ request, context }, () => context.api().accounts.me()) };
}

export default function Admin() {
  const { me } = useLoaderData<typeof loader>();
  return (
    <PersonFrame me={me} isWide>
      <AdminTabs />
      <Outlet />
    </PersonFrame>
  );
}
