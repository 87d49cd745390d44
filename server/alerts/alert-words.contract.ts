// The numbers of alerts that the browser needs, free of everything else.

/** What holds until somebody chooses otherwise: one call in ten fails, of at least twenty within the window. */
export const errorRateDefaults = { byMail: true, thresholdPercent: 10, callsMin: 20 } as const;
export const deploymentFailedDefaults = { byMail: true } as const;
export const telemetryDroppedDefaults = { byMail: true } as const;
export const errorRateWindowMinutes = 15;
/** Of those that a workspace has within a day, so many are told by letter; the page and the webhooks have all. */
export const alertsByMailOfDayMax = 20;
/** Below half of the threshold for so long, and it is over. */
export const calmMinutes = 10;
