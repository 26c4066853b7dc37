/**
 * A fault that whoever runs the app corrects. Its message says what is wrong and how to put it right; at boot it is printed
 * as it is, without a stack.
 */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
}
