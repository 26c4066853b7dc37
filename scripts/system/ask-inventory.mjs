import { connect } from 'node:net';

/**
 * Asks inventory for the stock of a product over TCP, as Nest frames messages.
 *
 * @param {number} port of inventory's TCP side
 * @param {string} token
 * @returns {Promise<number>} 200, or the status that it refuses with
 */
export function askInventory(port, token) {
  const packet = JSON.stringify({
    id: 'stock',
    pattern: 'stock.read',
    data: { skus: ['LAMP-OIL'] },
    metadata: { authorization: `Bearer ${token}` },
  });
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${packet.length}#${packet}`));
    socket.setEncoding('utf8').once('error', reject);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
      const [, status] = /"status":(\d+)/.exec(text) ?? [];
      if (status === undefined && !text.includes('"response"')) return;
      socket.destroy();
      resolve(Number(status ?? 200));
    });
  });
}
