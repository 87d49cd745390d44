// The numbers of webhooks that the browser needs, free of everything else.

export const webhooksMax = 10;
export const webhookHostsMax = 20;
/** So many of one endpoint sign at once: enough to rotate without a gap. */
export const webhookSecretsMax = 3;
/** After so many days of tries that brought nothing an endpoint is switched off. */
export const failingDaysMax = 5;
export const deliveriesKeptDays = 30;
