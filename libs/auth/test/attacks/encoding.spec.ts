import { describeAttacks, type Target } from './describe-attacks.js';

type Segments = [header: string, payload: string, signature: string];

/** A good token, with its text changed but not what a lenient decoder would read in it. */
async function rewritten({ issuer }: Target, rewrite: (segments: Segments) => string): Promise<string> {
  return rewrite((await issuer.mint()).split('.') as Segments);
}

/** The last character has bits that no byte needs; here they are set. */
function withStrayBits(segment: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return segment.slice(0, -1) + alphabet.charAt(alphabet.indexOf(segment.slice(-1)) + 1);
}

const rewrites: readonly (readonly [string, (segments: Segments) => string])[] = [
  ['padding after the signature', ([h, p, s]) => `${h}.${p}.${s}==`],
  ['padding after the payload', ([h, p, s]) => `${h}.${p}=.${s}`],
  ['stray bits in the last character of the signature', ([h, p, s]) => `${h}.${p}.${withStrayBits(s)}`],
  ['a space before the token', (segments) => ` ${segments.join('.')}`],
  ['a line feed after the token', (segments) => `${segments.join('.')}\n`],
  ['a line feed within the signature', ([h, p, s]) => `${h}.${p}.${s.slice(0, 9)}\n${s.slice(9)}`],
  ['a tab within the payload', ([h, p, s]) => `${h}.${p.slice(0, 9)}\t${p.slice(9)}.${s}`],
  ['a NUL after the token', (segments) => `${segments.join('.')}\0`],
  ['a single character more than whole bytes', ([h, p, s]) => `${h}.${p}.${s.slice(0, -1)}`],
  ['plus and slash of the other alphabet', ([h, p, s]) => `${h}.${p}.+/${s.slice(2)}`],
  ['a character above ASCII that shares its low byte', ([h, p, s]) => `${h}.${p}.${s.slice(0, -2)}Ł${s.slice(-1)}`],
  ['percent encoding', ([h, p, s]) => `${h}%2E${p}.${s}`],
  ['nothing', () => ''],
  ['two dots', () => '..'],
  ['garbage', () => 'garbage'],
  ['an empty header', ([, p, s]) => `.${p}.${s}`],
  ['an empty payload', ([h, , s]) => `${h}..${s}`],
  ['an empty signature', ([h, p]) => `${h}.${p}.`],
  ['two segments', ([h, p]) => `${h}.${p}`],
  ['four segments', ([h, p, s]) => `${h}.${p}.${s}.${s}`],
  ['five segments, as an encrypted token has', ([h, p, s]) => `${h}.${p}.${s}.${s}.${s}`],
  ['the JSON serialization (RFC 7515 §7.2)', ([h, p, s]) => JSON.stringify({ protected: h, payload: p, signature: s })],
  ['a dot before it', (segments) => `.${segments.join('.')}`],
  ['a dot after it', (segments) => `${segments.join('.')}.`],
];

describeAttacks(
  'encoding',
  rewrites.map(([title, rewrite]) => ({
    title,
    code: 'token_malformed',
    token: (target) => rewritten(target, rewrite),
  })),
);
