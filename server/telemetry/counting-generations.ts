// Which generations of a deployment's telemetry key count now: the current one, and while they overlap the one before it.

export type KeyGenerations = { telemetryGeneration: number; telemetryOverlapEndsAt: Date | null };

export function countingGenerations({ telemetryGeneration, telemetryOverlapEndsAt }: KeyGenerations, now: Date): number[] {
  const overlaps = telemetryOverlapEndsAt !== null && now < telemetryOverlapEndsAt && telemetryGeneration > 1;
  return overlaps ? [telemetryGeneration, telemetryGeneration - 1] : [telemetryGeneration];
}
