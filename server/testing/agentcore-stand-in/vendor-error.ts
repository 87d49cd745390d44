// An answer of the vendor that is a refusal, by the names and statuses that the SDK knows.

export const statuses = {
  ValidationException: 400,
  InvalidParameterException: 400,
  MissingAuthenticationTokenException: 403,
  UnrecognizedClientException: 403,
  InvalidSignatureException: 403,
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  NoSuchKey: 404,
  NotFound: 404,
  ConflictException: 409,
  RetryableConflictException: 409,
  PreconditionFailed: 412,
  ServiceQuotaExceededException: 402,
  RuntimeClientError: 424,
  ThrottlingException: 429,
  InternalServerException: 500,
} as const;

export class VendorError extends Error {
  constructor(
    readonly type: keyof typeof statuses,
    message: string,
  ) {
    super(message);
    this.name = "VendorError";
  }
}
