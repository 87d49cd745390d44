// The frame of a person's own pages: who they are, and the three parts of their account.
import type { ReactNode } from "react";
import { PersonFrame } from "~/app/frame/person-frame";
import { paths } from "~/app/paths";
import { PageHeader } from "~/app/ui/page-header";
import { TabLinks } from "~/app/ui/tab-links";
import type { Me } from "~/server/accounts/accounts.contract";

export function AccountFrame({ me, children }: { me: Me; children: ReactNode }) {
  return (
    <PersonFrame me={me}>
      <PageHeader title={me.displayName} description={me.email} />
      <TabLinks
        label="Account"
        tabs={[
          { to: paths.account(), label: "Profile", end: true },
          { to: paths.accountSignIn(), label: "Sign-in methods" },
          { to: paths.accountSessions(), label: "Sessions" },
        ]}
      />
      {children}
    </PersonFrame>
  );
}
