// How Cloudflare's API answers: its envelope, and its errors with their numbers.

export type VendorAnswer = { status: number; body: unknown };

export function result(value: unknown): VendorAnswer {
  return { status: 200, body: { success: true, errors: [], messages: [], result: value } };
}

export class VendorRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }

  toAnswer(): VendorAnswer {
    return { status: this.status, body: refusalBody(this.code, this.message) };
  }
}

export function refusalBody(code: number, message: string) {
  return { success: false, errors: [{ code, message }], messages: [], result: null };
}
