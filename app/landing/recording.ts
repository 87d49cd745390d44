// What a terminal really showed: recorded against a running installation, shortened only where dots say so.
export type RecordedStep = { command: string; output: string };

export const recording: RecordedStep[] = [];
