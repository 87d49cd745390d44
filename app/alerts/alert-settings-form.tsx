// What the workspace is told of, and from when on. What is not chosen here says where it is.
import { Link, useParams } from "@remix-run/react";
import type { ReactNode } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import { paths } from "~/app/paths";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { TextField } from "~/app/ui/text-field";
import { calmMinutes, errorRateWindowMinutes } from "~/server/alerts/alert-words.contract";
import type { AlertSettings } from "~/server/alerts/alerts.contract";

type Props = { settings: AlertSettings; problem: FormProblem | null | undefined; mayChange: boolean };

export function AlertSettingsForm({ settings, problem, mayChange }: Props) {
  const { workspaceId = "" } = useParams();
  const { errorRate, deploymentFailed, telemetryDropped } = settings;
  const isBusy = useIsSubmitting();
  return (
    <CsrfForm>
      <fieldset disabled={!mayChange} className="min-w-0">
        <div className="p-4 pb-0 empty:hidden sm:px-5">
          <FormSummary problem={problem} />
        </div>
        <ul className="divide-y divide-line">
          <Rule
            title="Calls of an agent fail"
            about={`Judged over ${errorRateWindowMinutes} minutes. Told once when it begins, and once after ${calmMinutes} minutes below half of the share.`}
            mail={<ByMail name="errorRateByMail" isOn={errorRate.byMail} />}
          >
            <div className="mt-3 grid max-w-md grid-cols-2 items-start gap-4">
              <Amount label="From so many percent" name="thresholdPercent" value={errorRate.thresholdPercent} problem={problem} />
              <Amount label="Of at least so many calls" name="callsMin" value={errorRate.callsMin} problem={problem} />
            </div>
          </Rule>
          <Rule
            title="A version does not go live"
            about="Told once for an agent, until a newer version of it works. What was live before goes on serving."
            mail={<ByMail name="deploymentFailedByMail" isOn={deploymentFailed.byMail} />}
          />
          <Rule
            title="Reports of calls are missing"
            about="At most once a day for each version: from 20 reports and 2 % of a day's calls on."
            mail={<ByMail name="telemetryDroppedByMail" isOn={telemetryDropped.byMail} />}
          />
          <Rule
            title="50, 80 and 100 % of a budget are used"
            about="Once for each share in a period."
            mail={
              <Link className="text-accent text-sm hover:underline" to={paths.usage(workspaceId)}>
                Chosen under Usage
              </Link>
            }
          />
        </ul>
        {mayChange ? (
          <div className="border-line border-t p-4 sm:px-5">
            <Button isBusy={isBusy}>Save</Button>
          </div>
        ) : null}
      </fieldset>
    </CsrfForm>
  );
}

type RuleProps = { title: string; about: string; mail: ReactNode; children?: ReactNode };

function Rule({ title, about, mail, children }: RuleProps) {
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-4 py-4 sm:px-5">
      <div className="min-w-0 flex-1 basis-72">
        <p className="font-medium text-ink text-sm leading-6">{title}</p>
        <p className="text-[0.8125rem] text-ink-3 leading-5">{about}</p>
        {children}
      </div>
      {mail}
    </li>
  );
}

function ByMail({ name, isOn }: { name: string; isOn: boolean }) {
  return (
    <label className="flex min-h-6 items-center gap-2.5 text-ink-2 text-sm">
      <input type="checkbox" name={name} defaultChecked={isOn} className="size-4 shrink-0 accent-accent" />
      Letter to owners and admins
    </label>
  );
}

type AmountProps = { label: string; name: string; value: number; problem: FormProblem | null | undefined };

function Amount({ label, name, value, problem }: AmountProps) {
  return (
    <TextField
      label={label}
      name={name}
      type="number"
      inputMode="numeric"
      min={1}
      required
      autoComplete="off"
      defaultValue={value}
      error={problem?.fields[name]}
    />
  );
}
