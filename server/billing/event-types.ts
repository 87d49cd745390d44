// Which of Stripe's events say that something here may have changed. Every other type is stored and left alone (MISSION H2).

const families = [
  /^customer\.subscription\./,
  /^invoice\.(paid|payment_succeeded|payment_failed|payment_action_required|finalized|updated|voided|marked_uncollectible|deleted)$/,
  /^checkout\.session\.(completed|async_payment_succeeded|async_payment_failed|expired)$/,
  /^customer\.deleted$/,
  /^charge\.(refunded|refund\.updated|dispute\..+)$/,
  /^refund\.(created|updated|failed)$/,
];

export function concernsUs(type: string): boolean {
  return families.some((family) => family.test(type));
}
