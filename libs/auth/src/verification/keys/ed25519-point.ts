const P = 2n ** 255n - 19n;
const D = mod(-121_665n * power(121_666n, P - 2n));
const SQRT_MINUS_ONE = power(2n, (P - 1n) / 4n);

/**
 * Whether these 32 bytes are a point that can be an Ed25519 public key (RFC 8032 §5.1.3): canonical, on the curve,
 * and not of small order. With a small-order key, one signature is valid for any message.
 */
export function decodeEd25519Point(bytes: Buffer): boolean {
  if (bytes.length !== 32) return false;
  const encoded = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  const y = encoded & (2n ** 255n - 1n);
  if (y >= P) return false;
  const x = recoverX(y);
  if (x === undefined || (x === 0n && encoded >> 255n === 1n)) return false;
  return !hasSmallOrder(x, y);
}

/** x² = (y² − 1) / (d y² + 1); either root will do, because its sign does not change the order. */
function recoverX(y: bigint): bigint | undefined {
  const yy = mod(y * y);
  const xx = mod((yy - 1n) * power(mod(D * yy + 1n), P - 2n));
  const root = power(xx, (P + 3n) / 8n);
  for (const x of [root, mod(root * SQRT_MINUS_ONE)]) if (mod(x * x) === xx) return x;
  return undefined;
}

/** The points of order 1, 2, 4 and 8 are those whose third doubling is the neutral element (0, 1). */
function hasSmallOrder(x: bigint, y: bigint): boolean {
  for (let doubling = 0; doubling < 3; doubling += 1) {
    const dxxyy = mod(D * mod(x * x) * mod(y * y));
    const doubledX = mod(2n * x * y * power(mod(1n + dxxyy), P - 2n));
    y = mod((y * y + x * x) * power(mod(1n - dxxyy), P - 2n));
    x = doubledX;
  }
  return x === 0n && y === 1n;
}

function mod(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = mod(base), rest = exponent; rest > 0n; rest >>= 1n, square = mod(square * square)) {
    if (rest & 1n) result = mod(result * square);
  }
  return result;
}
