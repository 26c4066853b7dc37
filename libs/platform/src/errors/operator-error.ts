/**
 * An error that the operator of the app can correct. Its message says what is wrong and how to fix it. At startup it is printed
 * without a stack.
 */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
}
